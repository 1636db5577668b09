"""Numbers of the exhaustive search: replicas placed as one number, and a plan's value as another.

Replicas are one number with four bits a workload. A value is one number made of money, moves,
nodes, clusters and names, so that adding and comparing are single steps.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import product

from placement.problem import Workload
from tests.exhaustive_groups import Group

__all__ = ["Codes", "Levels", "group_order"]

_BITS = 4  # of one workload's replicas: up to 7, and one bit to notice an overflow
_MOST = 7
_COUNT = 10**4  # more than moves, nodes or clusters can sum up to


@dataclass(frozen=True, slots=True, kw_only=True)
class Levels:
    """What a value is made of, beside names."""

    money: Decimal = Decimal(0)
    moves: int = 0
    nodes: int = 0
    clusters: int = 0


class Codes:
    """Codes of replicas placed, and values.

    Parameters
    ----------
    workloads
        Those with replicas, in the order of their keys.
    places
        What assignment rows may name.
    figures
        Every price that may be added up.
    """

    def __init__(
        self, workloads: list[Workload], places: Iterable[Group], figures: Iterable[Decimal]
    ) -> None:
        self.workloads = workloads
        assert all(w.most_replicas <= _MOST for w in workloads), "too many replicas for four bits"
        self.scale = Decimal(10) ** max((-int(f.as_tuple().exponent) for f in figures), default=0)
        counts = [range(workload.most_replicas + 1) for workload in workloads]
        self.vectors = {self._code(vector): vector for vector in product(*counts)}
        self.counts = {
            code: {w.key: n for w, n in zip(workloads, vector, strict=True)}
            for code, vector in self.vectors.items()
        }
        self.one = {w.key: 1 << (_BITS * position) for position, w in enumerate(workloads)}
        guard = self._code((8,) * len(workloads))
        room = max(self.vectors) + guard
        self.below = {
            code: [other for other in self.vectors if (room - code - other) & guard == guard]
            for code in self.vectors
        }
        self.fitting = {code: frozenset(others) for code, others in self.below.items()}
        self._name_digits(sorted(places, key=group_order))

    def _code(self, vector: tuple[int, ...]) -> int:
        return sum(count << (_BITS * position) for position, count in enumerate(vector))

    def _name_digits(self, groups: list[Group]) -> None:
        """Give every possible assignment row a digit, the first row the highest."""
        places = len(groups) * len(self.workloads)
        self._absent = max((w.most_replicas for w in self.workloads), default=0) + 1
        base: int = self._absent + 1
        self._weight = {
            (position, group): int(base ** (places - 1 - position * len(groups) - number))
            for position in range(len(self.workloads))
            for number, group in enumerate(groups)
        }
        self._names: int = base**places

    def name(self, code: int, group: Group) -> int:
        """Return the value of the names of a place's assignment rows."""
        return sum(
            (count or self._absent) * self._weight[position, group]
            for position, count in enumerate(self.vectors[code])
        )

    def value(
        self,
        money: Decimal = Decimal(0),
        *,
        moves: int = 0,
        nodes: int = 0,
        clusters: int = 0,
        spare: int = 0,
    ) -> int:
        """Return levels as a value; values add up as their levels do.

        Parameters
        ----------
        spare
            Replicas of loads, where rules may need more than carry them.
        """
        whole = int(money * self.scale)
        whole = ((whole * _COUNT + moves) * _COUNT + nodes) * _COUNT + clusters
        return (whole * _COUNT + spare) * self._names

    def levels(self, value: int) -> Levels:
        """Return the levels of a value: the reverse of :meth:`value`."""
        rest, clusters = divmod(value // self._names // _COUNT, _COUNT)
        rest, nodes = divmod(rest, _COUNT)
        money, moves = divmod(rest, _COUNT)
        scaled = Decimal(money) / self.scale
        return Levels(money=scaled, moves=moves, nodes=nodes, clusters=clusters)


def group_order(group: Group) -> tuple[tuple[bool, str], ...]:
    """Return a sort key of places: field by field, None before any string."""
    return tuple((field is not None, field or "") for field in group)
