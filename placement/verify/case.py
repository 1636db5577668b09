"""The plan read against the problem: what each listed node truly is.

The rules look at these facts, never at what the plan says of a node, except for the zone of a new
node, which is the plan's to choose.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from placement.plan import Plan
from placement.problem import Cluster, InstanceType, NodePool, Problem, Workload
from placement.quantity import PODS
from placement.verify.hosts import Host, new_host, running_host
from placement.verify.offers import Market
from placement.verify.paths import Paths
from placement.verify.sizes import Sizes

__all__ = ["Case", "needs", "read_case"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A problem, a plan, and the plan's nodes that the problem knows.

    Parameters
    ----------
    kinds
        The instance types by name.
    carriers
        The nodes that carry each workload, and how many replicas of it, by its key; of a workload
        whose replicas take several nodes, every node counts.
    in_pool
        The nodes of each pool, by the names of cluster and pool.
    """

    problem: Problem
    plan: Plan
    workloads: Mapping[str, Workload]
    kinds: Mapping[str, InstanceType]
    hosts: tuple[Host, ...]
    in_pool: Mapping[tuple[str, str], tuple[Host, ...]]
    carriers: Mapping[str, list[tuple[Host, int]]]
    market: Market
    sizes: Sizes
    paths: Paths

    def placed(self) -> Iterator[tuple[Host, Workload, int]]:
        """Yield host, workload and replicas of every known workload on every known node.

        A replica over several nodes is met on each of them.
        """
        for host in self.hosts:
            for row in host.row.replicas:
                workload = self.workloads.get(row.workload)
                if workload is not None:
                    yield host, workload, row.replicas

    def pools(self) -> Iterator[tuple[Cluster, NodePool, tuple[Host, ...], int]]:
        """Yield every pool with its listed nodes and the number that runs now."""
        for cluster in self.problem.clusters:
            now = Counter(node.node_pool for node in cluster.nodes)
            for pool in cluster.node_pools:
                hosts = self.in_pool.get((cluster.name, pool.name), ())
                yield cluster, pool, hosts, now[pool.name]


def read_case(problem: Problem, plan: Plan) -> Case:
    """Return the plan with the facts of each node; rows that fit no node or pool are left out."""
    market = Market(problem)
    kinds = {kind.name: kind for kind in problem.instance_types}
    hosts = tuple(_hosts(problem, plan, market, kinds))
    in_pool: dict[tuple[str, str], list[Host]] = {}
    for host in hosts:
        if host.pool is not None:
            in_pool.setdefault((host.cluster.name, host.pool.name), []).append(host)
    carriers: dict[str, list[tuple[Host, int]]] = {each.key: [] for each in problem.workloads}
    for host in hosts:
        for row in host.row.replicas:
            if row.workload in carriers:
                carriers[row.workload].append((host, row.replicas))
    return Case(
        problem=problem,
        plan=plan,
        workloads={workload.key: workload for workload in problem.workloads},
        carriers=carriers,
        kinds=kinds,
        hosts=hosts,
        in_pool={key: tuple(members) for key, members in in_pool.items()},
        market=market,
        sizes=Sizes(problem),
        paths=Paths(problem),
    )


def _hosts(
    problem: Problem, plan: Plan, market: Market, kinds: Mapping[str, InstanceType]
) -> Iterator[Host]:
    """Yield every row of ``nodes`` that is a running node, or a new one of a known pool."""
    clusters = {cluster.name: cluster for cluster in problem.clusters}
    pools = {(c.name, pool.name): pool for c in problem.clusters for pool in c.node_pools}
    nodes = {(c.name, node.name): node for c in problem.clusters for node in c.nodes}
    for position, row in enumerate(plan.nodes):
        where = f"nodes[{position}] {row.cluster}/{row.name}"
        if row.state == "new":
            pool = pools.get((row.cluster, row.node_pool or ""))
            if pool is not None:
                yield new_host(market, clusters[row.cluster], pool, kinds, row=row, where=where)
        elif (row.cluster, row.name) in nodes:
            node = nodes[row.cluster, row.name]
            yield running_host(market, clusters[row.cluster], node, kinds, row=row, where=where)


def needs(case: Case, host: Host, workload: Workload) -> dict[str, int]:
    """Return what one replica takes of a node, by resource: requests, GPUs and one pod.

    Of a replica over several nodes, what it takes of each.
    """
    need = dict(workload.requests)
    gpus = case.sizes.gpus(workload, host.kind)
    if workload.model is not None and gpus is not None and host.kind and host.kind.gpu:
        need[host.kind.gpu.resource] = gpus
    need[PODS] = max(1, need.get(PODS, 0))
    return need
