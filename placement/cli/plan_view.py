"""A plan as people read it."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from placement.cli.moves_view import moves_blocks
from placement.cli.tables import Block, Table
from placement.cli.tally import Tally, tally
from placement.cli.words import HOURS_PER_MONTH, counted, figure, money, monthly, percent
from placement.plan import Plan, Unplaced
from placement.problem import Problem

__all__ = ["cost_line", "plan_blocks", "status_line"]

_ENDED = {
    "time": "the time limit was reached",
    "gap": "the gap asked for was reached",
    "work": "the limit of work was reached",
    "other": "the solver stopped early",
    "cancelled": "stopped by Ctrl-C",
    "heuristic": "a greedy rule proves nothing",
}


def plan_blocks(plan: Plan, problem: Problem, *, stopped: bool = False) -> Iterator[Block]:
    """Yield what a plan says: status, cost, replicas, loads, node pools, moves, what is left out.

    Parameters
    ----------
    problem
        What the plan is for.
    """
    found = tally(plan, problem)
    if stopped:
        yield "STOPPED BY CTRL-C: the best plan found until then"
    yield status_line(plan, problem)
    if plan.status != "infeasible":
        yield cost_line(plan)
        yield from _parts(plan)
    if plan.assignments:
        yield _assignments(plan)
    if found.loads and plan.status != "infeasible":
        yield _loads(found)
    if plan.node_pools:
        yield from _pools(plan)
    yield from _kept(plan)
    yield from moves_blocks(plan)
    yield from _unplaced(plan, found)
    if plan.fallbacks:
        yield _fallbacks(plan)


def status_line(plan: Plan, problem: Problem) -> str:
    """Return status, what is placed, bound, gap and solver in a line."""
    how = f"{plan.solver}, {plan.strategy}, {plan.seconds:.2f} s"
    found = tally(plan, problem)
    if plan.status == "infeasible":
        return f"infeasible: no plan for {found.wanted} ({how})"
    head = f"{plan.status}: {found}"
    if plan.status == "optimal":
        return f"{head}, proven cheapest ({how})"
    bound = f"lower bound {money(plan.lower_bound)} {plan.currency} per hour"
    why = _ENDED.get(plan.ended_by, plan.ended_by)
    return f"{head}, at most {percent(plan.gap)} above the cheapest: {bound}; {why} ({how})"


def cost_line(plan: Plan) -> str:
    """Return the cost per hour and per month, and the nodes it is for."""
    states: Counter[str] = Counter(node.state for node in plan.nodes)
    nodes = ", ".join(
        f"{states[state]:,} {word}"
        for state, word in (("existing", "kept"), ("new", "new"), ("released", "released"))
        if states[state]
    )
    cost = f"{money(plan.cost_per_hour)} {plan.currency} per hour"
    month = f"{monthly(plan.cost_per_hour)} per month of {HOURS_PER_MONTH} hours"
    return f"cost: {cost}, {month}; nodes: {nodes or 'none'}"


def _parts(plan: Plan) -> Iterator[str]:
    """Yield what the objective holds besides nodes, if anything."""
    parts = plan.objective
    other = {
        name: getattr(parts, name)
        for name in ("risk", "preferences", "latency", "egress", "moves")
        if getattr(parts, name)
    }
    if other:
        listed = ", ".join(f"{name} {money(amount)}" for name, amount in other.items())
        total = f"{money(parts.total)} {plan.currency} per hour"
        yield f"objective: nodes {money(parts.nodes)}, {listed}; in all {total}"


def _assignments(plan: Plan) -> Table:
    """Return the rows; the zone only where some row has one, nodes where a replica has several."""
    zoned = any(row.zone for row in plan.assignments)
    nodes = _nodes_each(plan)
    return Table(
        title="Assignments",
        columns=(
            *("workload", "cluster", "pool", "type", "capacity", *(("zone",) if zoned else ())),
            *((">nodes each",) if nodes else ()),
            *(">GPUs each", ">replicas"),
        ),
        rows=[
            (
                *(row.workload, row.cluster, row.node_pool, row.instance_type, row.capacity_type),
                *((row.zone,) if zoned else ()),
                *((nodes.get(row.workload, 1),) if nodes else ()),
                *(row.gpus_per_replica, row.replicas),
            )
            for row in plan.assignments
        ],
    )


def _nodes_each(plan: Plan) -> dict[str, int]:
    """Return the nodes of a replica of every workload whose replicas take several."""
    rows = (row for node in plan.nodes for row in node.replicas if row.part)
    return {row.workload: int((row.part or "").partition("/")[2]) for row in rows}


def _loads(found: Tally) -> Table:
    return Table(
        title="Loads",
        columns=("workload", ">carried", ">of", "unit", ">replicas"),
        rows=[
            (row.workload, figure(row.carried), figure(row.amount), row.unit, row.replicas)
            for row in found.loads
        ],
    )


def _pools(plan: Plan) -> Iterator[Block]:
    """Yield the pools that have or get nodes; how many stay empty is said."""
    cost: defaultdict[tuple[str, str | None], float] = defaultdict(float)
    for node in plan.nodes:
        if node.state != "released":
            cost[node.cluster, node.node_pool] += node.price
    used = [row for row in plan.node_pools if row.nodes_now or row.nodes_planned]
    if used:
        yield Table(
            title="Node pools",
            columns=("cluster", "pool", ">now", ">planned", ">change", ">cost/hour"),
            rows=[
                (
                    *(row.cluster, row.node_pool, row.nodes_now, row.nodes_planned),
                    *(f"{row.change:+d}" if row.change else "0",),
                    money(cost[row.cluster, row.node_pool]),
                )
                for row in used
            ],
        )
    if empty := len(plan.node_pools) - len(used):
        yield f"{counted(empty, 'further node pool')} without nodes, now and planned"


def _fallbacks(plan: Plan) -> Table:
    """Return where replicas go if what a pool buys is not there."""
    zoned = any(fallback.zone for fallback in plan.fallbacks)
    rows = []
    for each in plan.fallbacks:
        extra = f"{each.extra_cost_per_hour:+,.2f}"
        for number, row in enumerate(each.rows or (None,)):
            first = (each.cluster, each.node_pool, *((each.zone,) if zoned else ()))
            goes = "/".join(filter(None, (row.cluster, row.node_pool, row.zone))) if row else ""
            rows.append(
                (
                    *(first if number == 0 else ("",) * len(first)),
                    *((row.workload, row.replicas, goes or "left out") if row else ("none", 0, "")),
                    extra if number == 0 else "",
                )
            )
    return Table(
        title="If a stock fails",
        columns=(
            *("cluster", "pool", *(("zone",) if zoned else ()), "workload", ">replicas"),
            *("go to", ">extra/hour"),
        ),
        rows=rows,
    )


def _kept(plan: Plan) -> Iterator[Block]:
    """Yield the nodes of no pool that carry replicas: no other table shows them."""
    rows = [
        (node.cluster, node.name, sum(row.replicas for row in node.replicas))
        for node in plan.nodes
        if node.node_pool is None and node.replicas
    ]
    if rows:
        yield Table(title="Nodes of no pool", columns=("cluster", "node", ">replicas"), rows=rows)


def _unplaced(plan: Plan, found: Tally) -> Iterator[Block]:
    if not plan.unplaced:
        return
    amounts = {row.workload: row.amount for row in found.loads}
    yield ""
    yield f"Unplaced: {_heading(plan)}"
    for row in plan.unplaced:
        yield f"  {row.workload}: {_left(row, amounts.get(row.workload))}"
        for reason in row.reasons:
            yield f"    - {reason}"
        if row.repair:
            yield f"    what would place it: {row.repair}"


def _heading(plan: Plan) -> str:
    loads = sum(row.load is not None for row in plan.unplaced)
    parts = [counted(plan.replicas_unplaced, "replica")] if plan.replicas_unplaced else []
    return ", ".join([*parts, *([f"{counted(loads, 'load')} in part"] if loads else [])])


def _left(row: Unplaced, amount: float | None) -> str:
    """Return how much of a workload is left out."""
    if row.load is None:
        return counted(row.replicas, "replica")
    of = "" if amount is None else f" of {figure(amount)}"
    return f"{figure(row.load)}{of} {row.unit} not carried"
