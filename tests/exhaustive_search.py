"""The search behind tests/exhaustive.py: tables of all ways to place replicas on nodes.

Counters are one number: those of stock, quotas and limits (tests/exhaustive_rules.py) and above
them what rules of workloads count (tests/exhaustive_tallies.py).
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import groupby

from placement.problem import Cluster, NodePool, Problem, Workload
from tests.exhaustive_codes import Codes, Levels, group_order
from tests.exhaustive_groups import Group
from tests.exhaustive_judge import Judge, move_price
from tests.exhaustive_nodes import Filled, How, Key, Nodes, Table
from tests.exhaustive_rules import Rules
from tests.exhaustive_tallies import Tallies
from tests.exhaustive_world import Bin, bins_of, gpus_of

__all__ = ["Found", "Row", "Used", "search"]

Row = tuple[str | int | None, ...]


@dataclass(frozen=True, kw_only=True)
class Used:
    """A node that ends up running (or is let go, where not ``kept``), with its replicas.

    Parameters
    ----------
    gpus
        Of one replica of each workload, over all its nodes.
    part
        Of a replica over several nodes, the only one here: which of its nodes this is.
    """

    bin: Bin
    kept: bool
    replicas: tuple[tuple[str, int], ...]
    gpus: dict[str, int]
    part: str | None = None


@dataclass(frozen=True, kw_only=True)
class Found:
    """The optimum: its levels, and one packing of it."""

    levels: Levels
    placed: tuple[Fraction | int, ...]
    left: tuple[tuple[str, Fraction], ...]
    used: tuple[Used, ...]


def search(problem: Problem) -> Found | None:
    """Return the optimum, or None where no plan exists."""
    return _Search(problem).run()


class _Search:
    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.workloads = sorted(
            (w for w in problem.workloads if w.most_replicas), key=lambda w: w.key
        )
        self.bins = bins_of(problem)
        prices = [each.price for each in self.bins]
        prices += [cost for each in self.bins for cost in each.costs.values()]
        prices += [risk for each in self.bins for risk in each.risks.values()]
        prices += [move_price(problem, workload) for workload in self.workloads]
        self.codes = Codes(self.workloads, {each.group for each in self.bins}, prices)
        self.rules = Rules(problem, self.bins)
        self.low = (1 << self.rules.bits) - 1
        self.tallies = Tallies(problem, self.workloads, self.bins, self.rules.bits)
        self.judge = Judge(problem, self.workloads, self.bins, self.tallies)
        self.nodes = Nodes(self.codes, self.rules, self.tallies)
        self.wide = [w for w in self.workloads if w.nodes_per_replica > 1]

    def run(self) -> Found | None:
        table: Table = {(0, 0): (0, ())}
        for cluster in self.problem.clusters:
            table = self._join(table, self._cluster(cluster), self.rules.shared)
        fair = self._with_moves(table)
        if not fair:
            return None
        placed = {key: self.judge.placed(self.codes.counts[key[0]], key[1]) for key in fair}
        most = max(placed.values())
        value, key = min((fair[key][0], key) for key in fair if placed[key] == most)
        key = self._unless_it_saves_little(fair, key)
        value, how = fair[key]
        levels = self.codes.levels(value)
        loose = sum(n.node_pool is None for c in self.problem.clusters for n in c.nodes)
        return Found(
            levels=replace(levels, nodes=levels.nodes + loose),
            placed=placed[key],
            left=tuple(self._left(key)),
            used=tuple(_numbered(self._used(how), self.wide)),
        )

    def _with_moves(self, table: Table) -> Table:
        """Return what holds every rule, with its moves in its value."""
        shares = {w.key: Fraction(str(w.max_spot_fraction)) for w in self.problem.workloads}
        fair: Table = {}
        for (code, used), (value, how) in table.items():
            counts = self.codes.counts[code]
            likely = self.rules.likely(used)
            if likely and self.rules.fair(counts, used, shares) and self.judge.holds(counts, used):
                moves, price = self.judge.moved(counts, used)
                added = self.codes.value(price, moves=moves, spare=self._spare(counts))
                fair[code, used] = (value + added, how)
        return fair

    def _spare(self, counts: dict[str, int]) -> int:
        """Return the replicas of loads, where another rule may need more than carry them."""
        loads = [w for w in self.workloads if w.load is not None]
        if not any(
            w.survive or w.min_replicas > 1 or any(s.min_groups > 1 for s in w.spread)
            for w in loads
        ):
            return 0
        return sum(counts[w.key] * w.nodes_per_replica for w in loads)

    def _unless_it_saves_little(self, fair: Table, best: Key) -> Key:
        """Return the best plan without moves where that is whole and another saves too little."""
        share = Fraction(str(self.problem.objective.min_saving))
        staying = [
            (value, key)
            for key, (value, _) in fair.items()
            if self._is_whole(key) and not self.codes.levels(value).moves
        ]
        if not share or not staying:
            return best
        value, key = min(staying)
        cost, least = (self.codes.levels(each).money for each in (value, fair[best][0]))
        return key if Fraction(cost) - Fraction(least) < share * Fraction(cost) else best

    def _is_whole(self, key: Key) -> bool:
        counts = self.codes.counts[key[0]]
        return not any(self._left(key)) and all(
            counts[w.key] == w.replicas for w in self.workloads if w.load is None
        )

    def _left(self, key: Key) -> Iterator[tuple[str, Fraction]]:
        """Yield how much of each load is not carried, where anything is not."""
        for workload in self.workloads:
            if workload.load is not None:
                carried = self.judge.carried(workload, self.codes.counts[key[0]], key[1])
                if left := Fraction(str(workload.load.amount)) - carried:
                    yield workload.key, left

    def _join(self, left: Table, right: Table, keep: int) -> Table:
        """Return every pair that fits together, the best of each outcome.

        ``keep`` masks the counters that still matter afterwards, beside those of workloads.
        """
        by_code: dict[int, list[tuple[int, int, How]]] = {}
        for (code, used), (value, how) in right.items():
            by_code.setdefault(code, []).append((used, value, how))
        joined: Table = {}
        keep, low = keep | ~self.low, self.low
        for (code, used), (value, how) in left.items():
            for other in self.codes.below[code]:
                for more, further, way in by_code.get(other, ()):
                    both = used + more
                    if not self.rules.hold(both & low):
                        continue
                    key, total = (code + other, both & keep), value + further
                    if key not in joined or total < joined[key][0]:
                        joined[key] = (total, (how, way))
        return joined

    def _cluster(self, cluster: Cluster) -> Table:
        table: Table = {(0, 0): (0, ())}
        for pool in (None, *cluster.node_pools):
            table = self._join(table, self._pool(cluster, pool), self.rules.beyond_pools)
        base = self.rules.loose_size(cluster)
        empty: Table = {(0, base): (0, ())}
        table = self._join(table, empty, self.rules.shared)
        one = self.codes.value(clusters=1)
        return {
            key: (value + (one if key[0] else 0), how)
            for key, (value, how) in table.items()
            if all(_is_with(w, self.codes.counts[key[0]]) for w in self.problem.workloads)
        }

    def _pool(self, cluster: Cluster, pool: NodePool | None) -> Table:
        """Return all ways to use the nodes of a pool, or those of no pool."""
        bins = [each for each in self.bins if each.cluster is cluster and each.pool is pool]
        bins = sorted(bins, key=lambda each: group_order(each.group))
        table: Table = {(0, 0): (0, ())}
        for group, members in groupby(bins, key=lambda each: each.group):
            table = self._join(table, self._group(group, list(members), pool), -1)
        found: Table = {}
        for (code, used), best in table.items():
            if pool is None or self.rules.reaches_minimum(cluster, pool, used):
                counts = self.codes.counts[code]
                _keep(found, (code, self.tallies.in_pool(cluster, pool, counts, used)), best)
        return found

    def _group(self, group: Group, members: list[Bin], pool: NodePool | None) -> Table:
        """Return all ways to use the nodes of one assignment row's place."""
        minimum = 0 if pool is None else pool.min_nodes
        table: Table = {(0, 0): (0, ())}
        for each in members:
            of_node = self.nodes.running if each.node else self.nodes.bought
            table = self._join(table, of_node(each, minimum), -1)
        for workload in self.wide:
            table = self._replicas_of_parts(table, workload, members[0])
        return {
            key: (value + self.codes.name(key[0], group), how)
            for key, (value, how) in table.items()
        }

    def _replicas_of_parts(self, table: Table, workload: Workload, member: Bin) -> Table:
        """Return what has whole replicas alone, counted as such."""
        shift = self.tallies.parts[workload.key]
        beside = member.costs[workload.key] - member.risks[workload.key]
        found: Table = {}
        for (code, used), (value, how) in table.items():
            parts = (used >> shift) & 0xFF
            count, rest = divmod(parts, workload.nodes_per_replica)
            if not rest and count <= workload.most_replicas:
                key = (code + count * self.codes.one[workload.key], used - (parts << shift))
                _keep(found, key, (value + self.codes.value(count * beside), how))
        return found

    def _used(self, how: How) -> Iterator[Used]:
        """Yield the nodes of a way, unfolding the pairs it is made of."""
        if isinstance(how, Filled):
            counts = {how.fill.whole: 1} if how.fill.whole else self.codes.counts[how.fill.code]
            replicas = tuple((key, count) for key, count in counts.items() if count)
            sizes = {
                w.key: (gpus_of(self.problem, w, how.bin.kind) or 0) * w.nodes_per_replica
                for w in self.workloads
            }
            if how.bin.pool is not None or replicas:
                yield Used(bin=how.bin, kept=how.kept, replicas=replicas, gpus=sizes)
            return
        for part in how:
            assert isinstance(part, tuple)
            yield from self._used(part)


def _keep(table: Table, key: Key, best: tuple[int, How]) -> None:
    if key not in table or best[0] < table[key][0]:
        table[key] = best


def _is_with(workload: Workload, counts: dict[str, int]) -> bool:
    """Return whether a workload has its partners in a cluster, and none that it is apart from."""
    if not counts.get(workload.key):
        return True
    beside = [counts.get(_key(workload, name), 0) for name in workload.colocate_with]
    apart = [counts.get(_key(workload, name), 0) for name in workload.separate_from]
    return all(beside) and not any(apart)


def _key(workload: Workload, name: str) -> str:
    return name if "/" in name else f"{workload.namespace}/{name}"


def _numbered(used: Iterator[Used], wide: list[Workload]) -> Iterator[Used]:
    """Yield nodes, those of replicas over several nodes with the number of their part."""
    spans = {workload.key: workload.nodes_per_replica for workload in wide}
    before: Counter[tuple[Group, str]] = Counter()
    for each in used:
        key = each.replicas[0][0] if each.replicas else ""
        if key in spans:
            part = before[each.bin.group, key] % spans[key] + 1
            before[each.bin.group, key] += 1
            yield replace(each, part=f"{part}/{spans[key]}")
        else:
            yield each
