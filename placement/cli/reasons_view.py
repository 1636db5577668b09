"""Conflicts, repairs and shadow prices as people read them."""

from collections.abc import Iterator
from math import isclose

from placement.cli.explaining import Explained
from placement.cli.tables import Block, Table, listed
from placement.cli.words import counted, money
from placement.conflicts import Conflict
from placement.plan import Plan
from placement.repair_search import SAME
from placement.repairs import Repair
from placement.shadow_prices import ShadowPrice

__all__ = ["price_blocks", "reason_blocks"]


def reason_blocks(found: Explained) -> Iterator[Block]:
    """Yield the rules in conflict and the cheapest repair, where they were looked for."""
    if not found.searched:
        return
    if found.conflict is not None:
        yield from _conflict(found.conflict)
    if found.repair is None:
        yield ""
        yield _unmended(found.conflict)
        return
    yield from _repair(found.repair, found.plan)


def _conflict(found: Conflict) -> Iterator[Block]:
    doubt = "" if found.proven else " (not proven; the search was cut short)"
    if not found.rules:
        yield from listed(f"Nothing that an operator can change here helps{doubt}:", _hard(found))
    elif len(found.rules) == 1:
        yield from listed(f"One rule keeps it out, whatever else changes{doubt}:", found.lines())
    else:
        title = f"These rules together keep it out, whatever else changes{doubt}:"
        yield from listed(title, found.lines())


def _unmended(found: Conflict | None) -> str:
    if found is not None and not found.rules:
        return "There is no repair."
    return "No repair was found in time; --time-limit gives more, --no-repair looks for none."


def _hard(found: Conflict) -> list[str]:
    return [reason for row in found.hard for reason in row.reasons]


def _repair(found: Repair, before: Plan) -> Iterator[Block]:
    doubt = "" if found.proven else "; not proven, a better one may exist"
    which = "all that is left out" if not found.left else "what can be placed at all"
    yield from listed(f"Cheapest repair, for {which}{doubt}:", found.changes)
    sign = "+" if found.extra >= 0 else ""
    yield (
        f"  cost: {money(found.cost)} {before.currency} per hour, before "
        f"{money(before.objective.total)}: {sign}{money(found.extra)}"
    )
    if not isclose(found.without, found.cost, rel_tol=SAME, abs_tol=SAME):
        yield f"  without these rules at all: {money(found.without)} {before.currency} per hour"


def price_blocks(rows: tuple[ShadowPrice, ...], plan: Plan) -> Iterator[Block]:
    """Yield the figures that are worth something, and how many others there are."""
    if not all(row.proven for row in rows):
        yield "(some plans compared are not proven, so their prices may be off)"
    some = [row for row in rows if row.matters]
    if some:
        yield Table(
            title=f"What a unit more or less is worth ({plan.currency} per hour and unit)",
            columns=(
                *("rule", "unit", ">of", ">used", ">more by", ">saves", ">places"),
                *(">less by", ">costs", ">displaces"),
            ),
            rows=[_priced(row) for row in some],
        )
    rest = len(rows) - len(some)
    if rest or not rows:
        yield f"{counted(rest, 'figure')} of no price" if rest else "no figure is stated"


def _priced(row: ShadowPrice) -> tuple[object, ...]:
    figures = (f"{amount:,.10g}" for amount in (row.bound, row.used))
    more = _side(row.more, row.saves, row.places)
    return (row.rule, row.unit, *figures, *more, *_side(row.less, row.costs, row.displaces))


def _side(step: float, worth: float | None, replicas: float) -> tuple[str | None, ...]:
    """Return the cells of a step more, or less."""
    if not step:
        return (None, None, None)
    cost = None if worth is None else money(worth)
    return f"{step:,.6g}", cost, f"{replicas:,.4g}"
