"""A difference of two plans, and a sweep over losses, as people read them."""

from collections.abc import Iterator, Sequence

from placement.cli.tables import Block, Table, listed
from placement.cli.words import HOURS_PER_MONTH, counted, figure, money, monthly, percent
from placement.difference import PlanDifference
from placement.difference_rows import PlaceChange, WorkloadDifference
from placement.plan import Plan
from placement.sweep import Loss

__all__ = ["diff_blocks", "sweep_blocks"]


def diff_blocks(found: PlanDifference, *, notes: bool = True) -> Iterator[Block]:
    """Yield what a difference says: cost, replicas, what moves, node pools, what is left out.

    Parameters
    ----------
    notes
        Whether to say where the plans are of different problems.
    """
    changed = found.workloads or found.pools or found.cost_change or found.total_change
    if found.empty or not (notes or changed):
        yield (
            f"no difference: {_cost(found.cost_after, found.currency_after)}, "
            + counted(found.placed_after, "replica")
            + f" placed, {found.unplaced_after:,} left out"
        )
        return
    yield _cost_line(found)
    if found.more_than_nodes:
        yield _total_line(found)
    yield _replicas_line(found)
    if found.cost_change and (what := _placed_otherwise(found.workloads)):
        yield f"the costs are of different {what}, and do not compare as such"
    if rows := [(row.workload, change) for row in found.workloads for change in row.places]:
        yield _moves(rows)
    if found.pools:
        yield _pools(found)
    yield from _left_out(found.workloads)
    if notes:
        yield from listed("The plans are of different problems:", found.notes)


def sweep_blocks(of: str, before: Plan, losses: Sequence[Loss]) -> Iterator[Block]:
    """Yield one table of losses, the worst first, under what holds without any."""
    none = before.status == "infeasible"
    cost = _cost(None if none else before.objective.total, before.currency)
    nodes = sum(node.state == "new" for node in before.nodes)
    left = f"{counted(before.replicas_placed, 'replica')} placed"
    if loads := sum(row.load is not None for row in before.unplaced):
        left += f", {counted(loads, 'load')} carried in part"
    yield f"without any loss: {cost}, {left}, {before.replicas_unplaced:,} left out, " + (
        f"{counted(nodes, 'node')} bought"
    )
    yield Table(
        title=f"The loss of every {of}, the worst first; costs in {before.currency} per hour",
        columns=(
            *(f"{of} lost", "no longer placed", ">left out", ">moved"),
            *(">cost/hour", ">change", ">nodes bought", "proven"),
        ),
        rows=[_loss_cells(loss) for loss in losses],
    )
    if any(_cheaper(loss) for loss in losses):
        yield ""
        yield "Costs fall where nodes that are paid for, used or not, are lost."


def _loss_cells(loss: Loss) -> tuple[object, ...]:
    plan, change = loss.plan, loss.difference.total_change
    if plan.status == "infeasible":
        return (loss.name, "no plan", plan.replicas_unplaced, *[None] * 4, "no plan")
    placed = [f"{number:,} of priority {level}" for level, number in loss.no_longer_placed]
    carried = [f"{_share(row.share)} of {row.workload}" for row in loss.no_longer_carried]
    text = ", ".join([*placed, *carried])
    proven = "yes" if plan.status == "optimal" else f"within {percent(plan.gap)}"
    return (
        *(loss.name, text or "none", plan.replicas_unplaced, loss.difference.replicas_moved),
        *(money(plan.objective.total), None if change is None else _signed(change)),
        *(loss.bought, proven),
    )


def _cheaper(loss: Loss) -> bool:
    """Return whether a loss makes it cheaper though nothing else is left out."""
    harmed = loss.no_longer_placed or loss.no_longer_carried
    return not harmed and (loss.difference.total_change or 0.0) < 0


def _share(share: float) -> str:
    return f"{'-' if share < 0 else ''}{percent(abs(share))}"


def _cost(amount: float | None, currency: str) -> str:
    return "no plan" if amount is None else f"{money(amount)} {currency} per hour"


def _signed(amount: float) -> str:
    return f"{'+' if amount > 0 else '-' if amount < 0 else ''}{money(abs(amount))}"


def _cost_line(found: PlanDifference) -> str:
    """Return what the nodes cost after, and before."""
    after = _cost(found.cost_after, found.currency_after)
    line = f"cost: {after}, before {_cost(found.cost_before, found.currency_before)}"
    line += f": {_change(found.cost_change, found.cost_before)}"
    if not found.cost_change:
        return line
    month = f"{'+' if found.cost_change > 0 else '-'}{monthly(abs(found.cost_change))}"
    return f"{line}; {month} per month of {HOURS_PER_MONTH} hours"


def _total_line(found: PlanDifference) -> str:
    """Return all money after, and before, where it is more than what the nodes cost."""
    after = _cost(found.total_after, found.currency_after)
    line = f"with replicas and moves: {after}, before "
    line += _cost(found.total_before, found.currency_before)
    return f"{line}: {_change(found.total_change, found.total_before)}"


def _change(change: float | None, before: float | None) -> str:
    if change is None:
        return "they do not compare"
    if not change:
        return "unchanged"
    share = f", {'+' if change > 0 else '-'}{percent(abs(change) / before)}" if before else ""
    return f"{_signed(change)}{share}"


def _placed_otherwise(rows: Sequence[WorkloadDifference]) -> str:
    """Return what one plan places more of: replicas, or of loads how much of them."""
    if any(row.placed_before != row.placed_after for row in rows if not row.is_load):
        return "numbers of replicas"
    return "shares of loads" if any(row.load_before != row.load_after for row in rows) else ""


def _replicas_line(found: PlanDifference) -> str:
    return (
        f"replicas: {found.placed_after:,} placed, before {found.placed_before:,}; "
        f"{found.unplaced_after:,} left out, before {found.unplaced_before:,}; "
        f"{found.replicas_moved:,} run elsewhere"
    )


def _moves(rows: Sequence[tuple[str, PlaceChange]]) -> Table:
    """Return the rows that grew or shrank; the zone only where some row has one."""
    zoned = any(row.place.zone for _, row in rows)
    return Table(
        title="Replicas by place",
        columns=(
            *("workload", "cluster", "pool", "type", "capacity", *(("zone",) if zoned else ())),
            *(">before", ">after", ">change"),
        ),
        rows=[
            (
                *(workload, row.place.cluster, row.place.node_pool, row.place.instance_type),
                *(row.place.capacity_type, *((row.place.zone,) if zoned else ())),
                *(row.before, row.after, f"{row.change:+d}"),
            )
            for workload, row in rows
        ],
    )


def _pools(found: PlanDifference) -> Table:
    return Table(
        title="Nodes by pool",
        columns=("cluster", "pool", ">before", ">after", ">change", ">bought", ">released"),
        rows=[
            (
                *(row.cluster, row.node_pool, row.before, row.after),
                *(f"{row.change:+d}" if row.change else "0",),
                *(row.bought_after, row.released_after),
            )
            for row in found.pools
        ],
    )


def _left_out(rows: Sequence[WorkloadDifference]) -> Iterator[str]:
    """Yield what no longer fits with its reasons, then what fits now."""
    for row in rows:
        if row.unplaced_after > row.unplaced_before or row.load_after > row.load_before:
            yield ""
            yield f"{row.workload}: {_before_and_after(row)}"
            yield from (f"  - {reason}" for reason in row.reasons)
    for row in rows:
        fewer = row.unplaced_after < row.unplaced_before or row.load_after < row.load_before
        if fewer and row.there_after:
            yield ""
            yield f"{row.workload}: {_before_and_after(row)}"


def _before_and_after(row: WorkloadDifference) -> str:
    """Return how much is left out; the unit stands where there is a figure above 0."""
    if row.unit is not None:
        after, before = figure(row.load_after), figure(row.load_before)
        return f"{after} {row.unit} not carried, before {before}"
    if row.unplaced_after:
        after = counted(row.unplaced_after, "replica")
        return f"{after} left out, before {row.unplaced_before:,}"
    return f"0 left out, before {counted(row.unplaced_before, 'replica')}"
