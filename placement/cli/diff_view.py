"""A difference of two plans, and a sweep over losses, as people read them."""

from collections.abc import Iterator, Sequence

from placement.cli.tables import Block, Table, listed
from placement.cli.words import HOURS_PER_MONTH, counted, money, monthly, percent
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
    if found.empty or not (notes or found.workloads or found.pools or found.cost_change):
        yield (
            f"no difference: {_cost(found.cost_after, found.currency_after)}, "
            + counted(found.placed_after, "replica")
            + f" placed, {found.unplaced_after:,} left out"
        )
        return
    yield _cost_line(found)
    yield _replicas_line(found)
    if found.cost_change and found.placed_before != found.placed_after:
        yield "the costs are of different numbers of replicas, and do not compare as such"
    if rows := [(row.workload, change) for row in found.workloads for change in row.places]:
        yield _moves(rows)
    if found.pools:
        yield _pools(found)
    yield from _left_out(found.workloads)
    if notes:
        yield from listed("The plans are of different problems:", found.notes)


def sweep_blocks(of: str, before: Plan, losses: Sequence[Loss]) -> Iterator[Block]:
    """Yield one table of losses, the worst first, under what holds without any."""
    cost = _cost(None if before.status == "infeasible" else before.cost_per_hour, before.currency)
    nodes = sum(node.state == "new" for node in before.nodes)
    left = f"{counted(before.replicas_placed, 'replica')} placed"
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
    plan, change = loss.plan, loss.difference.cost_change
    if plan.status == "infeasible":
        return (loss.name, "no plan", plan.replicas_unplaced, *[None] * 4, "no plan")
    text = ", ".join(
        f"{replicas:,} of priority {priority}" for priority, replicas in loss.no_longer_placed
    )
    proven = "yes" if plan.status == "optimal" else f"within {percent(plan.gap)}"
    return (
        *(loss.name, text or "none", plan.replicas_unplaced, loss.difference.replicas_moved),
        *(money(plan.cost_per_hour), None if change is None else _signed(change)),
        *(loss.bought, proven),
    )


def _cheaper(loss: Loss) -> bool:
    """Return whether a loss makes it cheaper though nothing else is left out."""
    return not loss.no_longer_placed and (loss.difference.cost_change or 0.0) < 0


def _cost(amount: float | None, currency: str) -> str:
    return "no plan" if amount is None else f"{money(amount)} {currency} per hour"


def _signed(amount: float) -> str:
    return f"{'+' if amount > 0 else '-' if amount < 0 else ''}{money(abs(amount))}"


def _cost_line(found: PlanDifference) -> str:
    """Return the cost after, and what it was."""
    after = _cost(found.cost_after, found.currency_after)
    line = f"cost: {after}, before {_cost(found.cost_before, found.currency_before)}"
    change, before = found.cost_change, found.cost_before
    if change is None:
        return f"{line}: they do not compare"
    if not change:
        return f"{line}: unchanged"
    share = f", {'+' if change > 0 else '-'}{percent(abs(change) / before)}" if before else ""
    month = f"{'+' if change > 0 else '-'}{monthly(abs(change))}"
    return f"{line}: {_signed(change)}{share}; {month} per month of {HOURS_PER_MONTH} hours"


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
        more = row.unplaced_after - row.unplaced_before
        if more > 0:
            yield ""
            yield (
                f"{row.workload}: {counted(row.unplaced_after, 'replica')} left out, "
                f"before {row.unplaced_before:,}"
            )
            yield from (f"  - {reason}" for reason in row.reasons)
    for row in rows:
        if row.unplaced_after < row.unplaced_before and row.asked_after:
            yield ""
            yield (
                f"{row.workload}: {row.unplaced_after:,} left out, "
                f"before {counted(row.unplaced_before, 'replica')}"
            )
