"""Ways to fill single nodes: those that run, and those that can be bought, as tables.

A table maps (replicas placed, counters used) to the best value and how it is reached.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple, TypeAlias

from tests.exhaustive_codes import Codes
from tests.exhaustive_rules import Rules
from tests.exhaustive_static import kind_size
from tests.exhaustive_tallies import Tallies
from tests.exhaustive_world import Bin

__all__ = ["Fill", "Filled", "How", "Key", "Nodes", "Table", "is_whole"]

Key: TypeAlias = tuple[int, int]
How: TypeAlias = tuple[object, ...]
Table: TypeAlias = dict[Key, tuple[int, How]]


class Fill(NamedTuple):
    """What one node carries: replicas by code, or a part of one that takes the node whole."""

    code: int = 0
    whole: str | None = None


class Filled(NamedTuple):
    """A node, what it carries, and whether it runs in the end."""

    bin: Bin
    fill: Fill
    kept: bool


class Nodes:
    """Tables of single running nodes, and of all new nodes of a kind."""

    def __init__(self, codes: Codes, rules: Rules, tallies: Tallies) -> None:
        self._codes, self._rules, self._tallies = codes, rules, tallies
        self._spans = {w.key: w.nodes_per_replica for w in codes.workloads}
        self._most = {
            w.key: w.nodes_per_replica * w.most_replicas
            for w in codes.workloads
            if w.nodes_per_replica > 1
        }

    def running(self, each: Bin, minimum: int) -> Table:
        """Return the ways of a node that runs."""
        assert each.node is not None
        node = self._rules.node(each)
        value = self._codes.value(each.price, nodes=int(each.pool is not None))
        must_stay = each.pool is None or not each.node.releasable
        table: Table = {} if must_stay else {(0, 0): (0, (Filled(each, Fill(), False),))}
        for fill in self._fills(each):
            if fill != Fill() or must_stay or (minimum and node):
                key = (fill.code, node + self._adds(each, fill))
                way = (Filled(each, fill, True),)
                table.setdefault(key, (value + self._money(each, fill), way))
        return table

    def bought(self, each: Bin, minimum: int) -> Table:
        """Return the ways to buy nodes of a kind: as few as carry the replicas, or the minimum."""
        node, empty = self._rules.node(each), self._adds(each, Fill())
        table: Table = {}
        for (code, used), (least, value, how) in self._fewest(each).items():
            for nodes in range(least, max(least, minimum) + 1):
                if self._rules.hold(nodes * node):
                    spare = (Filled(each, Fill(), True),) * (nodes - least)
                    total = used + nodes * node + (nodes - least) * empty
                    price = self._codes.value(each.price * nodes, nodes=nodes)
                    table.setdefault((code, total), (price + value, (*how, *spare)))
        return table

    def _fewest(self, each: Bin) -> dict[Key, tuple[int, int, How]]:
        """Return the fewest new nodes, none of them empty, that reach each outcome."""
        fills = [fill for fill in self._fills(each) if fill != Fill()]
        adds = {fill: (self._adds(each, fill), self._money(each, fill)) for fill in fills}
        fewest: dict[Key, tuple[int, int, How]] = {(0, 0): (0, 0, ())}
        latest, number = [(0, 0)], 0
        while latest:
            number += 1
            reached: dict[Key, tuple[int, int, How]] = {}
            for code, used in latest:
                _, value, how = fewest[code, used]
                for fill in fills:
                    more, money = adds[fill]
                    key = (code + fill.code, used + more)
                    if (
                        key not in fewest
                        and fill.code in self._codes.fitting[code]
                        and (fill.whole is None or self._has_room(key[1], fill.whole))
                    ):
                        way = (*how, Filled(each, fill, True))
                        reached.setdefault(key, (number, value + money, way))
            fewest |= reached
            latest = list(reached)
        return fewest

    def _has_room(self, used: int, key: str) -> bool:
        return (used >> self._tallies.parts[key]) & 0xFF <= self._most[key]

    def _adds(self, each: Bin, fill: Fill) -> int:
        """Return what a fill adds to the counters, beside what its node adds."""
        counts = self._codes.counts[fill.code]
        requested = {fill.whole: 1} if fill.whole else counts
        used = self._rules.replicas(each, requested)
        return used + self._tallies.node(each, counts, fill.whole)

    def _money(self, each: Bin, fill: Fill) -> int:
        """Return the value of what replicas cost on a node beside it.

        Of a replica over several nodes, each node has its risk; the rest is counted once.
        """
        if fill.whole is not None:
            return self._codes.value(each.risks[fill.whole])
        counts = self._codes.counts[fill.code].items()
        return self._codes.value(sum((n * each.costs[key] for key, n in counts if n), Decimal(0)))

    def _fills(self, each: Bin) -> Iterator[Fill]:
        """Yield every set of replicas that fits on one node, the empty one first."""
        for code, counts in self._codes.counts.items():
            wanted = {key: count for key, count in counts.items() if count}
            may_be = all(key in each.needs and self._spans[key] == 1 for key in wanted)
            if may_be and _fits(each, wanted):
                yield Fill(code)
        for key in self._most:
            if key in each.needs and is_whole(each) and _fits(each, {key: 1}):
                yield Fill(0, key)


def _fits(each: Bin, wanted: dict[str, int]) -> bool:
    taken: dict[str, int] = {}
    for key, count in wanted.items():
        for resource, amount in each.needs[key].items():
            taken[resource] = taken.get(resource, 0) + amount * count
    return all(
        amount <= each.room.get(resource, amount if resource == "pods" else 0)
        for resource, amount in taken.items()
    )


def is_whole(each: Bin) -> bool:
    """Return whether all GPUs of a node are free; without GPUs, all its CPU."""
    if each.node is None:
        return True
    resource = each.kind.gpu.resource if each.kind and each.kind.gpu else "cpu"
    if each.pool is None:
        size = each.node.free if each.node.allocatable is None else each.node.allocatable
    else:
        assert each.kind is not None
        size = kind_size(each.kind)
    return each.room.get(resource, 0) >= size.get(resource, 0)
