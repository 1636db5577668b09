"""The plan read against the problem: what each listed node truly is.

The rules look at these facts, never at what the plan says of a node, except for the zone of a new
node, which is the plan's to choose. Each fact is looked up once, however many nodes share it.
"""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from placement.plan import NodePlan, Plan
from placement.problem import InstanceType, Problem, Workload
from placement.verify.current import Movement, movement_of
from placement.verify.grouped import Pair, PoolNodes, pairs_of, pools_of
from placement.verify.hosts import Host, Placed, Site, new_site, running_site
from placement.verify.offers import Market
from placement.verify.paths import Paths
from placement.verify.providers import providers_of
from placement.verify.sizes import Sizes

__all__ = ["Case", "read_case"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A problem, a plan, and the plan's nodes that the problem knows.

    Parameters
    ----------
    kinds
        The instance types by name.
    placed
        What is on the nodes, of workloads that are known.
    carriers
        The same by the workload's key.
    pairs
        The same, nodes that are alike taken together.
    movements
        Of every workload that runs now.
    providers
        Of each cluster, by its name.
    """

    problem: Problem
    plan: Plan
    workloads: Mapping[str, Workload]
    kinds: Mapping[str, InstanceType]
    hosts: tuple[Host, ...]
    placed: Sequence[Placed]
    carriers: Mapping[str, list[Placed]]
    pairs: tuple[Pair, ...]
    pools: tuple[PoolNodes, ...]
    movements: tuple[Movement, ...]
    providers: Mapping[str, str | None]
    market: Market
    sizes: Sizes
    paths: Paths


def read_case(problem: Problem, plan: Plan) -> Case:
    """Return the plan with the facts of each node; rows that fit no node or pool are left out."""
    market = Market(problem)
    kinds = {kind.name: kind for kind in problem.instance_types}
    workloads = {workload.key: workload for workload in problem.workloads}
    hosts = tuple(_hosts(problem, plan, market, kinds))
    placed: list[Placed] = []
    carriers: dict[str, list[Placed]] = {key: [] for key in workloads}
    for host in hosts:
        for row in host.row.replicas:
            workload = workloads.get(row.workload)
            if workload is not None:
                placed.append(Placed(host, workload, row.replicas))
                carriers[row.workload].append(placed[-1])
    return Case(
        problem=problem,
        plan=plan,
        workloads=workloads,
        kinds=kinds,
        hosts=hosts,
        placed=placed,
        carriers=carriers,
        pairs=pairs_of(placed),
        pools=tuple(pools_of(problem, hosts)),
        movements=tuple(
            movement_of(each, carriers[key]) for key, each in workloads.items() if each.current
        ),
        providers=providers_of(problem),
        market=market,
        sizes=Sizes(problem),
        paths=Paths(problem),
    )


def _hosts(
    problem: Problem, plan: Plan, market: Market, kinds: Mapping[str, InstanceType]
) -> Iterator[Host]:
    """Yield every row of ``nodes`` that is a running node, or a new one of a known pool."""
    pools = {(c.name, pool.name): (c, pool) for c in problem.clusters for pool in c.node_pools}
    nodes = {(c.name, node.name): (c, node) for c in problem.clusters for node in c.nodes}
    sites: dict[Hashable, Site | None] = {}

    def site_of(row: NodePlan) -> Site | None:
        if row.state == "new":
            pool = pools.get((row.cluster, row.node_pool or ""))
            return pool and new_site(market, *pool, kinds, row.zone)
        node = nodes.get((row.cluster, row.name))
        return node and running_site(market, *node, kinds)

    for position, row in enumerate(plan.nodes):
        new = row.state == "new"
        key = (row.cluster, row.node_pool, row.zone) if new else (row.cluster, row.name)
        if key not in sites:
            sites[key] = site_of(row)
        site = sites[key]
        if site is not None:
            yield Host(position, row, site)
