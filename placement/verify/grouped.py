"""The nodes of a plan and what is on them, by pool and by what is alike."""

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from placement.problem import Cluster, NodePool, Problem, Workload
from placement.verify.hosts import Host, Placed, Site

__all__ = ["Pair", "PoolNodes", "pairs_of", "pools_of"]


@dataclass(slots=True)
class Pair:
    """So many replicas of a workload on nodes that are alike, and one of these."""

    site: Site
    workload: Workload
    taken: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolNodes:
    """A pool with its listed nodes: how many run now, are to stay or be bought, and are bought."""

    cluster: Cluster
    pool: NodePool
    hosts: Sequence[Host]
    now: int
    planned: int
    added: int


def pairs_of(placed: Iterable[Placed]) -> tuple[Pair, ...]:
    """Return what is placed, nodes that are alike taken together."""
    found: dict[tuple[Hashable, str], Pair] = {}
    for host, workload, taken in placed:
        key = (host.site.alike, workload.key)
        pair = found.get(key)
        if pair is None:
            found[key] = Pair(host.site, workload, taken)
        else:
            pair.taken += taken
    return tuple(found.values())


def pools_of(problem: Problem, hosts: Iterable[Host]) -> Iterator[PoolNodes]:
    """Yield every pool with its nodes."""
    listed: dict[tuple[str, str], list[Host]] = {}
    for host in hosts:
        site = host.site
        if site.pool is not None:
            listed.setdefault((site.cluster.name, site.pool.name), []).append(host)
    for cluster in problem.clusters:
        now = Counter(node.node_pool for node in cluster.nodes)
        for pool in cluster.node_pools:
            members: Sequence[Host] = listed.get((cluster.name, pool.name), ())
            yield PoolNodes(
                cluster=cluster,
                pool=pool,
                hosts=members,
                now=now[pool.name],
                planned=sum([host.row.state != "released" for host in members]),
                added=sum([host.site.running is None for host in members]),
            )
