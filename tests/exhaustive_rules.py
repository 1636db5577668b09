"""Counters of the exhaustive search: stock, quotas, limits and pool sizes, packed in one number."""

from fractions import Fraction
from math import lcm

from placement.problem import (
    Budget,
    Cluster,
    NodePool,
    Problem,
    Quota,
    ResourceLimit,
    Workload,
)
from tests.exhaustive_static import kind_size
from tests.exhaustive_stock import likely, median
from tests.exhaustive_world import Bin

__all__ = ["Rules"]

_BITS = 48  # bytes of memory are the largest amounts: a few terabytes need 43 bits
_MASK = (1 << _BITS) - 1


class Rules:
    """What nodes count against, and whether the counts so far can stand.

    A counter that nothing in the problem can exceed is left out; what it would count is 0.

    Parameters
    ----------
    spare
        Nodes of one kind that may be bought beyond one a replica and the minimum.
    """

    def __init__(self, problem: Problem, bins: list[Bin], spare: int = 0) -> None:
        self._spans = {w.key: w.nodes_per_replica for w in problem.workloads}
        self._replicas = sum(w.most_replicas * w.nodes_per_replica for w in problem.workloads)
        self._replicas += spare
        self._bins = [each for each in bins if each.pool is not None]
        self._fields = 0
        self._weights: dict[int, int] = {}
        self._limits: list[tuple[int, int, int]] = []  # counter, counter of added, limit
        self._pools: dict[tuple[str, str], int] = {}
        self._loose: dict[str, int] = {}
        self._known: dict[int, bool] = {}
        self._doubtful: list[tuple[int, int]] = []  # counter, offering
        self._problem = problem
        self._stock(problem)
        for quota in problem.quotas:
            covered = [each for each in self._bins if _covers(quota, each)]
            self._total({id(b): _quota_size(b, quota.resource) for b in covered}, quota.limit)
        self._requested: list[tuple[int, ResourceLimit]] = []
        for limit in problem.limits:
            self._requested.append((self._field(), limit))
            self._limits.append((self._requested[-1][0], self._requested[-1][0], limit.max))
        self._charges = {
            (id(each), key): _charge(each, key, whole=self._spans[key] > 1)
            for each in bins
            for key in each.needs
        }
        self._scale = lcm(*(charge.denominator for charge in self._charges.values()))
        self._budgets: list[tuple[int, Budget]] = []
        for budget in problem.budgets:
            field = self._field()
            self._budgets.append((field, budget))
            most = int(Fraction(str(budget.max_cost_per_hour)) * self._scale)
            self._limits.append((field, field, most))
        self._spot = {w.key: self._spot_field(w) for w in problem.workloads}
        self.shared = (1 << (_BITS * self._fields)) - 1
        for cluster in problem.clusters:
            self._cluster_limits(cluster)
        self.beyond_pools = (1 << (_BITS * self._fields)) - 1
        for cluster in problem.clusters:
            for pool in cluster.node_pools:
                self._pool_size(cluster, pool)
        self.bits = _BITS * self._fields

    def node(self, each: Bin) -> int:
        """Return what one node of a bin adds to the counters."""
        return self._weights.get(id(each), 0)

    def _spot_field(self, workload: Workload) -> int:
        """Return where a workload's replicas on spot are counted, or -1 where nobody asks."""
        if workload.max_spot_fraction >= 1:
            return -1
        self._fields += 1
        return _BITS * (self._fields - 1)

    def replicas(self, each: Bin, counts: dict[str, int]) -> int:
        """Return what replicas on a node of a bin add to the counters.

        Of a replica over several nodes, every node counts as one.
        """
        used = 0
        for field, limit in self._requested:
            for key, count in counts.items():
                if count and _meant(limit, key, each):
                    used += (count * each.needs[key].get(limit.resource, 0)) << field
        for field, budget in self._budgets:
            for key, count in counts.items():
                if count and _meant(budget, key, each):
                    charge = count * self._charges[id(each), key] * self._scale
                    assert charge.denominator == 1
                    assert charge <= _MASK
                    used += int(charge) << field
        if each.group[3] != "spot":
            return used
        fields = ((self._spot[key], count) for key, count in counts.items())
        return used + sum(count << field for field, count in fields if field >= 0)

    def fair(self, counts: dict[str, int], used: int, shares: dict[str, Fraction]) -> bool:
        """Return whether no workload has more than its share of replicas on spot."""
        return all(
            field < 0
            or (used >> field) & _MASK <= shares[key] * counts.get(key, 0) * self._spans[key]
            for key, field in self._spot.items()
        )

    def likely(self, used: int) -> bool:
        """Return whether all that is bought is there with the probability asked for."""
        bought = {position: (used >> field) & _MASK for field, position in self._doubtful}
        return likely(self._problem, bought)

    def loose_size(self, cluster: Cluster) -> int:
        """Return what nodes of no pool add to their cluster's counters."""
        return self._loose.get(cluster.name, 0)

    def hold(self, used: int) -> bool:
        """Return whether no counter is over its limit with something added to it."""
        if used not in self._known:
            self._known[used] = all(
                not (used >> added) & _MASK or (used >> counter) & _MASK <= limit
                for counter, added, limit in self._limits
            )
        return self._known[used]

    def reaches_minimum(self, cluster: Cluster, pool: NodePool, used: int) -> bool:
        """Return whether a pool has as many nodes as it must have."""
        if not pool.min_nodes:
            return True
        return (used >> self._pools[cluster.name, pool.name]) & _MASK >= pool.min_nodes

    def _field(self) -> int:
        self._fields += 1
        return _BITS * (self._fields - 1)

    def _many(self, each: Bin) -> int:
        """Return how many nodes of a bin there can be at most."""
        if each.node is not None:
            return 1
        assert each.pool is not None
        return self._replicas + each.pool.min_nodes

    def _add(self, each: Bin, field: int, amount: int) -> None:
        self._weights[id(each)] = self._weights.get(id(each), 0) + (amount << field)

    def _stock(self, problem: Problem) -> None:
        for position, row in enumerate(problem.offerings):
            buyers = [each for each in self._bins if position in each.stock]
            if row.stock is None:
                continue
            asked = problem.objective.confidence is not None
            if asked or sum(map(self._many, buyers)) > median(row.stock):
                field = self._field()
                if asked:
                    self._doubtful.append((field, position))
                else:
                    self._limits.append((field, field, median(row.stock)))
                for each in buyers:
                    self._add(each, field, 1)

    def _total(self, sizes: dict[int, int], limit: int, base: int = 0) -> int | None:
        """Count sizes of running and new nodes together; return the counter of both."""
        bins = [each for each in self._bins if id(each) in sizes]
        if base + sum(self._many(each) * sizes[id(each)] for each in bins) <= limit:
            return None
        counter, added = self._field(), self._field()
        self._limits.append((counter, added, limit))
        for each in bins:
            self._add(each, counter, sizes[id(each)])
            if each.node is None:
                self._add(each, added, sizes[id(each)])
        return counter

    def _cluster_limits(self, cluster: Cluster) -> None:
        mine = [each for each in self._bins if each.cluster is cluster]
        for resource, limit in cluster.limits.items():
            base = 0
            for node in cluster.nodes:
                if node.node_pool is None:
                    size = node.allocatable if node.allocatable is not None else node.free
                    base += 1 if resource == "nodes" else size.get(resource, 0)
            sizes = {id(each): _limit_size(each, resource) for each in mine}
            counter = self._total(sizes, limit, base)
            if counter is not None:
                self._loose[cluster.name] = self.loose_size(cluster) + (base << counter)

    def _pool_size(self, cluster: Cluster, pool: NodePool) -> None:
        mine = {id(each): 1 for each in self._bins if each.pool is pool}
        if pool.min_nodes:
            field = self._pools[cluster.name, pool.name] = self._field()
            for each in self._bins:
                if id(each) in mine:
                    self._add(each, field, 1)
        if pool.max_nodes is not None:
            self._total(mine, pool.max_nodes)


def _charge(each: Bin, key: str, *, whole: bool) -> Fraction:
    """Return a replica's part of the price of its node, by GPUs, else by CPU, or all of it."""
    if each.pool is None or each.kind is None:
        return Fraction(0)
    if whole:
        return Fraction(each.price)
    resource = each.kind.gpu.resource if each.kind.gpu else "cpu"
    size = kind_size(each.kind).get(resource, 0)
    return Fraction(each.price) * each.needs[key].get(resource, 0) / size if size else Fraction(0)


def _meant(limit: ResourceLimit | Budget, key: str, each: Bin) -> bool:
    namespace, _, name = key.partition("/")
    wish = limit.match
    return not (
        (wish.namespaces and namespace not in wish.namespaces)
        or (wish.workloads and key not in wish.workloads and name not in wish.workloads)
        or (wish.clusters and each.cluster.name not in wish.clusters)
        or (wish.regions and each.cluster.region not in wish.regions)
    )


def _covers(quota: Quota, each: Bin) -> bool:
    assert each.pool is not None
    return (
        (quota.region or each.cluster.region) == each.cluster.region
        and each.pool.instance_type in (quota.instance_types or {each.pool.instance_type})
        and each.pool.capacity_type in (quota.capacity_types or {each.pool.capacity_type})
    )


def _quota_size(each: Bin, resource: str) -> int:
    assert each.kind is not None
    if resource == "vcpus":
        cores = (each.kind.allocatable.get("cpu", 0) + 999) // 1000
        return cores if each.kind.vcpus is None else each.kind.vcpus
    return _limit_size(each, resource)


def _limit_size(each: Bin, resource: str) -> int:
    assert each.kind is not None
    return 1 if resource == "nodes" else kind_size(each.kind).get(resource, 0)
