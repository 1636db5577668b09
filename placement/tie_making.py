"""The rules of a problem that tie replicas to groups of nodes, made into index arrays."""

from collections.abc import Hashable, Iterator
from fractions import Fraction

import numpy as np

from placement.candidates import Candidates
from placement.formulation.milp import Ints
from placement.groups import groups_of
from placement.loads import LoadRow
from placement.nearest_fractions import above, below
from placement.problem import Spread, Survive, Workload
from placement.problem.base import Money
from placement.problem.rule_checks import partner_key
from placement.skews import skew_of
from placement.ties import Counted, Loss, Presence, Share, Ties

__all__ = ["ties_of"]


def ties_of(found: Candidates, units: Ints, loads: tuple[LoadRow, ...] = ()) -> Ties:
    """Return the rules that tie replicas to groups.

    Parameters
    ----------
    units
        ``(W,)`` the most of x that each workload can have in all.
    """
    made = _Maker(found, units)
    for number, workload in enumerate(found.problem.workloads):
        made.add(number, workload)
    for load in loads:
        made.add_rates(load)
    return made.ties


class _Maker:
    """Makes the ties of one problem; presences that several rules need are made once."""

    def __init__(self, found: Candidates, units: Ints) -> None:
        self.ties = Ties()
        self._found = found
        self._units = units
        self._known: dict[tuple[int, str, Hashable], int] = {}
        self._groups: dict[str, Ints] = {}
        self._number = {w.key: i for i, w in enumerate(found.problem.workloads)}

    def add(self, number: int, workload: Workload) -> None:
        """Add the rules of one workload."""
        parts = workload.nodes_per_replica
        if workload.min_replicas > 1:
            self._some(number)
            self.ties.least.append((number, workload.min_replicas * parts))
        for each in workload.spread:
            self._spread(number, workload, each)
        for loss in workload.survive:
            self._loss(number, loss, parts)
        for name in workload.colocate_with:
            self._together(number, self._number[partner_key(workload, name)])
        for name in workload.separate_from:
            self._apart(number, self._number[partner_key(workload, name)])

    def add_rates(self, load: LoadRow) -> None:
        """Tell the rates of the replicas that carry a load apart."""
        if load.tight:
            self.ties.rates[load.workload] = [
                (rate, self._presence(load.workload, "rate", rate, candidates))
                for rate, candidates in load.kinds
            ]

    def _spread(self, number: int, workload: Workload, rule: Spread) -> None:
        groups = dict(self._by_group(number, rule.by))
        units = max(1, int(self._units[number]))
        if rule.min_groups > 1 or rule.max_groups is not None:
            self._some(number)
            there = [self._presence(number, rule.by, g, c) for g, c in groups.items()]
            self.ties.counted.append(
                Counted(
                    workload=number,
                    presences=np.array(there, dtype=np.int64),
                    least=rule.min_groups,
                    most=rule.max_groups,
                    by=rule.by,
                )
            )
        if rule.max_fraction < 1:
            share = below(Fraction(Money.exact(rule.max_fraction)), units)
            found = Share(
                workload=number,
                groups=(*groups.values(),),
                share=share,
                stated=rule.max_fraction,
                by=rule.by,
            )
            self.ties.shares.append(found)
        if rule.max_skew is not None:
            skew = skew_of(self._found, number, rule, groups, self._groups_of(rule.by))
            bulks = [self._nodes(supply) for supply in skew.bulk]
            self.ties.skews.append(skew.with_bulk(bulks, units))

    def _loss(self, number: int, rule: Survive, parts: int) -> None:
        units = max(1, int(self._units[number]))
        if rule.keep_replicas:
            self._some(number)
        self.ties.losses.append(
            Loss(
                workload=number,
                groups=tuple(candidates for _, candidates in self._by_group(number, rule.loss_of)),
                all_of_it=self._found.of(number),
                at_once=rule.groups,
                keep=above(Fraction(Money.exact(rule.keep)), units),
                keep_units=rule.keep_replicas * parts,
                by=rule.loss_of,
            )
        )

    def _together(self, number: int, partner: int) -> None:
        theirs = dict(self._by_group(partner, "cluster"))
        for group, candidates in self._by_group(number, "cluster"):
            there = theirs.get(group, np.empty(0, dtype=np.int64))
            self.ties.together.append((self._presence(number, "cluster", group, candidates), there))

    def _apart(self, number: int, other: int) -> None:
        theirs = dict(self._by_group(other, "cluster"))
        for group, candidates in self._by_group(number, "cluster"):
            if group in theirs:
                pair = (
                    self._presence(number, "cluster", group, candidates),
                    self._presence(other, "cluster", group, theirs[group]),
                )
                if pair[::-1] not in self.ties.apart:
                    self.ties.apart.append(pair)

    def _groups_of(self, by: str) -> Ints:
        if by not in self._groups:
            self._groups[by] = groups_of(by, self._found.supplies)
        return self._groups[by]

    def _by_group(self, number: int, by: str) -> Iterator[tuple[int, Ints]]:
        """Yield each group by a key that a workload has candidates in, with those."""
        mine = self._found.of(number)
        group = self._groups_of(by)[self._found.supply[mine]]
        for name in np.unique(group[group >= 0]).tolist():
            yield name, mine[group == name]

    def _some(self, number: int) -> None:
        """Tell whether a workload is placed at all."""
        if number not in self.ties.some:
            self.ties.some[number] = self._presence(number, "", 0, self._found.of(number))

    def _presence(self, number: int, by: str, group: Hashable, candidates: Ints) -> int:
        key = (number, by, group)
        if key not in self._known:
            self._known[key] = len(self.ties.presences)
            most = int(self._units[number])
            self.ties.presences.append(
                Presence(workload=number, candidate=candidates, supply=-1, most=most)
            )
        return self._known[key]

    def _nodes(self, supply: int) -> int:
        """Return the presence of nodes of a supply."""
        key = (-1, "nodes", supply)
        if key not in self._known:
            self._known[key] = len(self.ties.presences)
            nobody = np.empty(0, dtype=np.int64)
            most = int(self._units.sum())
            self.ties.presences.append(
                Presence(workload=-1, candidate=nobody, supply=supply, most=most)
            )
        return self._known[key]
