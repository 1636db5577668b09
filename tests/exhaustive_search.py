"""The search behind tests/exhaustive.py: tables of all ways to place replicas on nodes.

A table maps (replicas placed, counters used) to the best value and how it is reached. Replicas are
one number with four bits a workload; counters are one number with 40 bits a counter; a value is one
number made of money, nodes, clusters and names, so that adding and comparing are single steps.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import groupby, product

from placement.problem import Cluster, NodePool, Problem
from tests.exhaustive_rules import Rules
from tests.exhaustive_world import Bin, Group, bins_of, gpus_of

__all__ = ["Row", "Used", "search"]

Row = tuple[str | int | None, ...]
Key = tuple[int, int]
How = tuple[object, ...]
Table = dict[Key, tuple[int, How]]

_BITS = 4  # of one workload's replicas: up to 7, and one bit to notice an overflow
_NODES = 10**4  # more than nodes or clusters can sum up to


@dataclass(frozen=True, kw_only=True)
class Used:
    """A node that ends up running (or is let go, where not ``kept``), with its replicas."""

    bin: Bin
    kept: bool
    replicas: tuple[tuple[str, int], ...]
    gpus: dict[str, int]


def search(problem: Problem) -> tuple[Decimal, int, int, tuple[Used, ...]] | None:
    """Return money, nodes, clusters and packing of the optimum, or None where no plan exists."""
    return _Search(problem).run()


class _Search:
    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.workloads = sorted(
            (w for w in problem.workloads if w.most_replicas), key=lambda w: w.key
        )
        self.bins = bins_of(problem)
        self.rules = Rules(problem, self.bins)
        prices = [each.price for each in self.bins]
        prices += [cost for each in self.bins for cost in each.costs.values()]
        self.scale = Decimal(10) ** max((-int(p.as_tuple().exponent) for p in prices), default=0)
        counts = [range(workload.most_replicas + 1) for workload in self.workloads]
        self.codes = {self._code(vector): vector for vector in product(*counts)}
        self.all = max(self.codes)
        guard = self._code((8,) * len(self.workloads))
        room = self.all + guard
        self.below = {
            code: [other for other in self.codes if (room - code - other) & guard == guard]
            for code in self.codes
        }
        self.fitting = {code: frozenset(others) for code, others in self.below.items()}
        self._name_digits()

    def _code(self, vector: tuple[int, ...]) -> int:
        return sum(count << (_BITS * position) for position, count in enumerate(vector))

    def _name_digits(self) -> None:
        """Give every possible assignment row a digit, the first row the highest."""
        groups = sorted({each.group for each in self.bins}, key=_group_order)
        places = len(groups) * len(self.workloads)
        self.absent = max((w.most_replicas for w in self.workloads), default=0) + 1
        base: int = self.absent + 1
        self.weight = {
            (position, group): int(base ** (places - 1 - position * len(groups) - number))
            for position in range(len(self.workloads))
            for number, group in enumerate(groups)
        }
        self.names: int = base**places

    def _value(self, money: Decimal, nodes: int, clusters: int = 0) -> int:
        whole = int(money * self.scale)
        return ((whole * _NODES + nodes) * _NODES + clusters) * self.names

    def run(self) -> tuple[Decimal, int, int, tuple[Used, ...]] | None:
        table: Table = {(0, 0): (0, ())}
        for cluster in self.problem.clusters:
            table = self._join(table, self._cluster(cluster), self.rules.shared)
        if not table:
            return None
        shares = {w.key: Fraction(str(w.max_spot_fraction)) for w in self.problem.workloads}
        fair = {
            key: best
            for key, best in table.items()
            if self.rules.fair(self._counts(key[0]), key[1], shares) and self.rules.likely(key[1])
        }
        if not fair:
            return None
        most = max(self._placed(code) for code, _ in fair)
        value, how = min(
            (value, how) for (code, _), (value, how) in fair.items() if self._placed(code) == most
        )
        rest, clusters = divmod(value // self.names, _NODES)  # the reverse of _value
        money, nodes = divmod(rest, _NODES)
        loose = sum(n.node_pool is None for c in self.problem.clusters for n in c.nodes)
        return Decimal(money) / self.scale, nodes + loose, clusters, tuple(self._used(how))

    def _placed(self, code: int) -> tuple[int, ...]:
        placed = dict.fromkeys(sorted({w.priority for w in self.workloads}, reverse=True), 0)
        for workload, count in zip(self.workloads, self.codes[code], strict=True):
            placed[workload.priority] += count
        return tuple(placed.values())

    def _join(self, left: Table, right: Table, keep: int) -> Table:
        """Return every pair that fits together, the best of each outcome.

        ``keep`` masks the counters that still matter afterwards.
        """
        by_code: dict[int, list[tuple[int, int, How]]] = {}
        for (code, used), (value, how) in right.items():
            by_code.setdefault(code, []).append((used, value, how))
        joined: Table = {}
        for (code, used), (value, how) in left.items():
            for other in self.below[code]:
                for more, further, way in by_code.get(other, ()):
                    both = used + more
                    if not self.rules.hold(both):
                        continue
                    key, total = (code + other, both & keep), value + further
                    if key not in joined or total < joined[key][0]:
                        joined[key] = (total, (how, way))
        return joined

    def _cluster(self, cluster: Cluster) -> Table:
        table: Table = {(0, 0): (0, ())}
        bins = [each for each in self.bins if each.cluster is cluster]
        pools: list[NodePool | None] = [None, *cluster.node_pools]
        for pool in pools:
            mine = sorted((b for b in bins if b.pool is pool), key=lambda b: _group_order(b.group))
            of_pool: Table = {(0, 0): (0, ())}
            for group, members in groupby(mine, key=lambda each: each.group):
                of_group = self._group(group, list(members), pool)
                of_pool = self._join(of_pool, of_group, -1)
            if pool is not None:
                of_pool = {
                    key: best
                    for key, best in of_pool.items()
                    if self.rules.reaches_minimum(cluster, pool, key[1])
                }
            table = self._join(table, of_pool, self.rules.beyond_pools)
        base = self.rules.loose_size(cluster)
        empty: Table = {(0, base): (0, ())}
        table = self._join(table, empty, self.rules.shared)
        one = self._value(Decimal(0), 0, 1)
        return {key: (value + (one if key[0] else 0), how) for key, (value, how) in table.items()}

    def _group(self, group: Group, members: list[Bin], pool: NodePool | None) -> Table:
        """Return all ways to use the nodes of one assignment row's place."""
        minimum = 0 if pool is None else pool.min_nodes
        table: Table = {(0, 0): (0, ())}
        for each in members:
            way = self._running(each, minimum) if each.node else self._bought(each, minimum)
            table = self._join(table, way, -1)
        return {
            key: (value + self._name(key[0], group), how) for key, (value, how) in table.items()
        }

    def _name(self, code: int, group: Group) -> int:
        return sum(
            (count or self.absent) * self.weight[position, group]
            for position, count in enumerate(self.codes[code])
        )

    def _counts(self, code: int) -> dict[str, int]:
        return {w.key: n for w, n in zip(self.workloads, self.codes[code], strict=True)}

    def _replicas(self, each: Bin, code: int) -> int:
        """Return the value of what replicas cost on a node beside it."""
        counted = zip(self.workloads, self.codes[code], strict=True)
        return self._value(sum((n * each.costs[w.key] for w, n in counted if n), Decimal(0)), 0)

    def _fills(self, each: Bin) -> list[int]:
        """Return every non-empty set of replicas that fits on one node."""
        found = []
        for code, vector in self.codes.items():
            wanted = [(w.key, n) for w, n in zip(self.workloads, vector, strict=True) if n]
            if not wanted or any(key not in each.needs for key, _ in wanted):
                continue
            taken: dict[str, int] = {}
            for key, count in wanted:
                for resource, amount in each.needs[key].items():
                    taken[resource] = taken.get(resource, 0) + amount * count
            if all(
                amount <= each.room.get(resource, amount if resource == "pods" else 0)
                for resource, amount in taken.items()
            ):
                found.append(code)
        return found

    def _running(self, each: Bin, minimum: int) -> Table:
        assert each.node is not None
        fills = self._fills(each)
        on = {code: self.rules.replicas(each, self._counts(code)) for code in (0, *fills)}
        if each.pool is None:
            return {
                (code, on[code]): (self._replicas(each, code), ((each, code, True),))
                for code in (0, *fills)
            }
        used, value = self.rules.node(each), self._value(each.price, 1)
        table: Table = {
            (code, used + on[code]): (value + self._replicas(each, code), ((each, code, True),))
            for code in fills
        }
        if each.node.releasable:
            table[0, 0] = (0, ((each, 0, False),))
        if not each.node.releasable or (minimum and used):
            table[0, used] = (value, ((each, 0, True),))
        return table

    def _bought(self, each: Bin, minimum: int) -> Table:
        """Return the ways to buy nodes of a kind: as few as carry the replicas, or the minimum."""
        fills = self._fills(each)
        fewest: dict[int, tuple[int, How]] = {0: (0, ())}
        latest, number = [0], 0
        while latest:
            number += 1
            reached: dict[int, tuple[int, How]] = {}
            for code in latest:
                for fill in fills:
                    if fill in self.fitting[code] and code + fill not in fewest:
                        how = (*fewest[code][1], (each, fill, True))
                        reached.setdefault(code + fill, (number, how))
            fewest |= reached
            latest = list(reached)
        table: Table = {}
        used = self.rules.node(each)
        for code, (least, how) in fewest.items():
            for nodes in range(least, max(least, minimum) + 1):
                spare = ((each, 0, True),) * (nodes - least)
                if self.rules.hold(nodes * used):
                    value = self._value(each.price * nodes, nodes) + self._replicas(each, code)
                    total = nodes * used + self.rules.replicas(each, self._counts(code))
                    table.setdefault((code, total), (value, (*how, *spare)))
        return table

    def _used(self, how: How) -> Iterator[Used]:
        """Yield the nodes of a way, unfolding the pairs it is made of."""
        if len(how) == 3 and isinstance(how[0], Bin):
            each, code, kept = how
            assert isinstance(each, Bin)
            assert isinstance(code, int)
            assert isinstance(kept, bool)
            vector = zip(self.workloads, self.codes[code], strict=True)
            replicas = tuple((workload.key, count) for workload, count in vector if count)
            sizes = {w.key: gpus_of(self.problem, w, each.kind) or 0 for w in self.workloads}
            if each.pool is not None or replicas:
                yield Used(bin=each, kept=kept, replicas=replicas, gpus=sizes)
            return
        for part in how:
            assert isinstance(part, tuple)
            yield from self._used(part)


def _group_order(group: Group) -> tuple[tuple[bool, str], ...]:
    return tuple((field is not None, field or "") for field in group)
