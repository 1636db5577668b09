"""What every static rule says of every pair, as small tables: pairs are never all written down."""

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from placement.eligibility import Rule
from placement.formulation.milp import Ints
from placement.problem import Workload
from placement.supply import Supply

__all__ = ["Judged", "Verdicts", "numbered"]

Bools = NDArray[np.bool_]
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdicts:
    """What one rule says.

    Parameters
    ----------
    code
        What stands for a refusal by it.
    table
        ``(K, L)`` whether it admits a workload of one key on a supply of another.
    asker, offer
        ``(W,)`` and ``(S,)`` row and column of each workload and supply.
    """

    code: int
    table: Bools
    asker: Ints
    offer: Ints


@dataclass(frozen=True, slots=True)
class Judged:
    """What every rule says, in the order in which a refusal is reported; W workloads, S supplies.

    A table is as large as its rule's distinct keys, of which a fleet has few; what is said of a
    pair, of a workload or of many pairs is read off them when it is asked.
    """

    verdicts: tuple[Verdicts, ...]

    @classmethod
    def of(
        cls, rules: Sequence[Rule], workloads: Sequence[Workload], supplies: Sequence[Supply]
    ) -> "Judged":
        """Return what rules say of workloads and supplies, judged once per pair of keys."""
        found = (
            _verdicts(code, rule, workloads, supplies) for code, rule in enumerate(rules, start=1)
        )
        return cls(tuple(found))

    def on(self, supplies: Ints) -> "Judged":
        """Return the same for some of the supplies, each as often as it is named."""
        return Judged(
            tuple(replace(each, offer=each.offer[supplies]) for each in self.verdicts),
        )

    def but(self, code: int, workloads: Bools, supplies: Bools) -> "Judged":
        """Return the same, and last that some workloads are refused on some supplies."""
        table = np.array([[True, True], [True, False]])
        asker, offer = workloads.astype(np.int64), supplies.astype(np.int64)
        return Judged(
            (*self.verdicts, Verdicts(code=code, table=table, asker=asker, offer=offer)),
        )

    def refused(self, workload: int) -> NDArray[np.int8]:
        """Return ``(S,)`` 0 where no rule is against a pair, else the code of the first."""
        codes = np.zeros(self.verdicts[0].offer.size, dtype=np.int8)
        for each in reversed(self.verdicts):
            row = each.table[each.asker[workload]]
            if not row.all():
                codes[~row[each.offer]] = each.code
        return codes

    def first(self, workload: int, supply: int) -> int:
        """Return the same of one pair."""
        for each in self.verdicts:
            if not each.table[each.asker[workload], each.offer[supply]]:
                return each.code
        return 0

    def admits(self, workload: Ints, supply: Ints) -> Bools:
        """Return ``(n,)`` whether no rule is against each of some pairs."""
        admitted = np.ones(workload.size, dtype=np.bool_)
        for each in self._strictest:
            admitted &= each.table[each.asker[workload], each.offer[supply]]
        return admitted

    def pairs(self) -> tuple[Ints, Ints]:
        """Return ``(n,)`` the pairs that no rule is against, by workload, then by supply."""
        most = self.verdicts[0]
        rows: list[Ints] = [np.empty(0, dtype=np.int64)] * most.asker.size
        for workload, row in _rows(self._strictest, most.asker.size, most.offer.size):
            rows[workload] = row
        supply = np.concatenate(rows) if rows else np.empty(0, dtype=np.int64)
        return np.repeat(np.arange(len(rows)), [row.size for row in rows]), supply

    @property
    def _strictest(self) -> list[Verdicts]:
        """Return the rules that refuse some pair, those that refuse the largest share first."""
        some = [each for each in self.verdicts if not each.table.all()]
        return sorted(some, key=lambda each: float(each.table.mean()))


def _rows(rules: list[Verdicts], workloads: int, supplies: int) -> Iterator[tuple[int, Ints]]:
    """Yield each workload and the supplies that all rules admit; those of equal keys share them.

    Workloads come in the order of their keys, so that what the first rules leave is found once for
    all that agree in them.
    """
    keys = np.array([each.asker for each in rules], dtype=np.int64).reshape(len(rules), workloads)
    order = np.lexsort(keys[::-1]) if rules else np.arange(workloads)
    whole: list[list[bool]] = [each.table.all(axis=1).tolist() for each in rules]
    left: list[Ints] = [np.arange(supplies)]
    known: list[int] = []
    sorts: list[list[int]] = keys[:, order].T.tolist()
    for workload, key in zip(order.tolist(), sorts, strict=True):
        same = next((at for at, number in enumerate(known) if number != key[at]), len(known))
        del left[same + 1 :]
        for each, free, number in zip(rules[same:], whole[same:], key[same:], strict=True):
            before = left[-1]
            left.append(before if free[number] else before[each.table[number, each.offer[before]]])
        known = key
        yield workload, left[-1]


def numbered(things: Sequence[T], key: Callable[[T], Hashable]) -> tuple[list[int], Ints]:
    """Return the position of the first thing of every distinct key, and each thing's key number."""
    numbers: dict[Hashable, int] = {}
    each = [numbers.setdefault(key(thing), len(numbers)) for thing in things]
    number = np.array(each, dtype=np.int64)
    return np.unique(number, return_index=True)[1].tolist(), number


def _verdicts(
    code: int, rule: Rule, workloads: Sequence[Workload], supplies: Sequence[Supply]
) -> Verdicts:
    """Return what a rule says; nothing is looked up of supplies where no workload asks it."""
    askers, asker = numbered(workloads, rule.workload_key)
    asking = [(row, workloads[at]) for row, at in enumerate(askers)]
    asking = [(row, one) for row, one in asking if rule.workload_key(one) is not None]
    if not asking:
        nobody, anywhere = np.zeros(len(workloads), np.int64), np.zeros(len(supplies), np.int64)
        everything = np.ones((1, 1), dtype=np.bool_)
        return Verdicts(code=code, table=everything, asker=nobody, offer=anywhere)
    offers, offer = numbered(supplies, rule.supply_key)
    table = np.ones((len(askers), len(offers)), dtype=np.bool_)
    ones = [supplies[at] for at in offers]
    of_cluster: dict[str, list[int]] = {}
    for column, one in enumerate(ones):
        of_cluster.setdefault(one.cluster.name, []).append(column)
    for row, workload in asking:
        names = rule.only(workload) if rule.only else ()
        if not names:
            table[row] = [rule.admits(workload, one) for one in ones]
            continue
        table[row] = False
        for column in (at for name in dict.fromkeys(names) for at in of_cluster.get(name, ())):
            table[row, column] = rule.admits(workload, ones[column])
    return Verdicts(code=code, table=table, asker=asker, offer=offer)
