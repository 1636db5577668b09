"""A plan as people read it."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from placement.cli.tables import Block, Table
from placement.cli.words import HOURS_PER_MONTH, counted, money, monthly, percent
from placement.plan import Plan

__all__ = ["cost_line", "plan_blocks", "status_line"]

_ENDED = {
    "time": "the time limit was reached",
    "gap": "the gap asked for was reached",
    "work": "the solver gave up",
    "other": "the solver stopped early",
    "cancelled": "stopped by Ctrl-C",
    "heuristic": "a greedy rule proves nothing",
}


def plan_blocks(plan: Plan, *, stopped: bool = False) -> Iterator[Block]:
    """Yield what a plan says: status and cost, assignments, node pools, what is left out."""
    if stopped:
        yield "STOPPED BY CTRL-C: the best plan found until then"
    yield status_line(plan)
    if plan.status != "infeasible":
        yield cost_line(plan)
        yield from _parts(plan)
    if plan.assignments:
        yield _assignments(plan)
    if plan.node_pools:
        yield from _pools(plan)
    yield from _kept(plan)
    yield from _unplaced(plan)
    if plan.fallbacks:
        yield _fallbacks(plan)


def status_line(plan: Plan) -> str:
    """Return status, replicas, bound, gap and solver in a line."""
    how = f"{plan.solver}, {plan.strategy}, {plan.seconds:.2f} s"
    placed, asked = plan.replicas_placed, plan.replicas_placed + plan.replicas_unplaced
    if plan.status == "infeasible":
        return f"infeasible: no plan for {counted(asked, 'replica')} ({how})"
    head = f"{plan.status}: {placed:,} of {counted(asked, 'replica')} placed"
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
    """Return the rows; the zone only where some row has one."""
    zoned = any(row.zone for row in plan.assignments)
    return Table(
        title="Assignments",
        columns=(
            *("workload", "cluster", "pool", "type", "capacity", *(("zone",) if zoned else ())),
            *(">GPUs each", ">replicas"),
        ),
        rows=[
            (
                *(row.workload, row.cluster, row.node_pool, row.instance_type, row.capacity_type),
                *((row.zone,) if zoned else ()),
                *(row.gpus_per_replica, row.replicas),
            )
            for row in plan.assignments
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


def _unplaced(plan: Plan) -> Iterator[Block]:
    if not plan.unplaced:
        return
    yield ""
    yield f"Unplaced: {counted(plan.replicas_unplaced, 'replica')}"
    for row in plan.unplaced:
        yield f"  {row.workload}: {counted(row.replicas, 'replica')}"
        for reason in row.reasons:
            yield f"    - {reason}"
        if row.repair:
            yield f"    what would place it: {row.repair}"
