"""What every static rule says of every pair, as small tables: pairs are never all written down."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from placement.eligibility import Rule
from placement.formulation.milp import Ints
from placement.numbering import numbered
from placement.problem import Workload
from placement.supply import Supply

__all__ = ["Judged", "Verdicts"]

Bools = NDArray[np.bool_]


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
    whole: list[Bools] = [np.asarray(each.table.all(axis=1)) for each in rules]
    everywhere = np.arange(supplies)
    left: list[Ints] = [everywhere]
    known: list[int] = []
    sorts: list[list[int]] = keys[:, order].T.tolist()
    for workload, key in zip(order.tolist(), sorts, strict=True):
        same = next((at for at, number in enumerate(known) if number != key[at]), len(known))
        del left[same + 1 :]
        for each, free, number in zip(rules[same:], whole[same:], key[same:], strict=True):
            before = left[-1]
            if free[number]:
                left.append(before)
            elif before is everywhere:
                left.append(np.flatnonzero(each.table[number][each.offer]))
            else:
                left.append(before[each.table[number, each.offer[before]]])
        known = key
        yield workload, left[-1]


def _verdicts(
    code: int, rule: Rule, workloads: Sequence[Workload], supplies: Sequence[Supply]
) -> Verdicts:
    """Return what a rule says; nothing is looked up of supplies where no workload asks it."""
    keys = list(map(rule.workload_key, workloads))
    if keys.count(None) == len(keys):
        nobody, anywhere = np.zeros(len(workloads), np.int64), np.zeros(len(supplies), np.int64)
        everything = np.ones((1, 1), dtype=np.bool_)
        return Verdicts(code=code, table=everything, asker=nobody, offer=anywhere)
    askers, asker = numbered(keys)
    asking = [(row, workloads[at]) for row, at in enumerate(askers) if keys[at] is not None]
    offers, offer = numbered(list(map(rule.supply_key, supplies)))
    table = np.ones((len(askers), len(offers)), dtype=np.bool_)
    rows = [row for row, _ in asking]
    table[rows] = _judged(rule, [one for _, one in asking], [supplies[at] for at in offers])
    return Verdicts(code=code, table=table, asker=asker, offer=offer)


def _judged(rule: Rule, workloads: Sequence[Workload], supplies: Sequence[Supply]) -> Bools:
    """Return what a rule says of each pair, in clusters that a workload does not name unseen."""
    if rule.at_once:
        return rule.at_once(workloads, supplies)
    of_cluster: dict[str, list[int]] = {}
    for column, one in enumerate(supplies):
        of_cluster.setdefault(one.cluster.name, []).append(column)
    table = np.zeros((len(workloads), len(supplies)), dtype=np.bool_)
    for row, workload in enumerate(workloads):
        names = rule.only(workload) if rule.only else ()
        if not names:
            table[row] = [rule.admits(workload, one) for one in supplies]
        for column in (at for name in names for at in of_cluster.get(name, ())):
            table[row, column] = rule.admits(workload, supplies[column])
    return table
