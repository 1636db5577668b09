"""A comparison as people read it."""

from collections.abc import Iterator

from placement.cli.comparison import Comparison, Row
from placement.cli.plan_view import status_line
from placement.cli.tables import Block, Table
from placement.cli.words import counted, money, percent

__all__ = ["comparison_blocks"]

_SHOWN = 6  # broken rules of one plan that are listed
_COLUMNS = (
    *("plan", ">cost/hour", ">unplaced", ">nodes", ">saved by optimum", ">seconds"),
    *("verified", "remark"),
)


def comparison_blocks(comparison: Comparison) -> Iterator[Block]:
    """Yield the table, and what has to be known to read it."""
    first = comparison.rows[0]
    yield status_line(first.plan, comparison.problem)
    yield Table(
        title=f"Costs in {first.plan.currency} per hour",
        columns=_COLUMNS,
        rows=[_cells(row, first) for row in comparison.rows],
    )
    if any(row.saving is None for row in comparison.rows[1:]):
        yield ""
        yield "Costs are compared only between plans that leave out equally many replicas."
    for row in comparison.rows:
        if row.broken:
            yield ""
            yield f"{row.name} breaks {_rules(row)}:"
            yield from (f"  {violation}" for violation in row.broken[:_SHOWN])
            if (more := len(row.broken) - _SHOWN) > 0:
                yield f"  and {more:,} more, which --json lists"


def _rules(row: Row) -> str:
    """Return the broken rules by name, and how often each is broken."""
    return ", ".join(f"{rule} {count:,}" for rule, count in row.rules.items())


def _cells(row: Row, first: Row) -> tuple[object, ...]:
    plan = row.plan
    none = plan.status == "infeasible"
    alike = row is not first and row.saving is not None and row.valid
    saving = percent(row.saving or 0.0) if alike else None
    return (
        *(row.name, None if none else money(plan.objective.total), plan.replicas_unplaced),
        *(None if none else row.nodes, saving, f"{plan.seconds:.2f}"),
        *("yes" if row.valid else "NO", _remark(row, first)),
    )


def _remark(row: Row, first: Row) -> str:
    if row.plan.status == "infeasible":
        return "no plan"
    if row is first:
        return ""
    return "; ".join(_remarks(row))


def _remarks(row: Row) -> Iterator[str]:
    """Yield why the row does not compare with the first one."""
    if not row.valid:
        yield f"breaks {_rules(row)}"
    if row.saving is not None:
        return
    if row.fewer:
        yield f"places {abs(row.fewer):,} {'fewer' if row.fewer > 0 else 'more'}"
    if row.less:
        yield f"carries less of {counted(row.less, 'load')}"
    if not row.fewer and not row.less:
        yield "leaves out others"
