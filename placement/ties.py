"""Rules that tie the replicas of workloads to groups of nodes, as index arrays."""

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
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
from placement.skews import Skew, skew_of

__all__ = ["Counted", "Loss", "Presence", "Share", "Ties", "ties_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """Whether a workload has replicas on some candidates, or a supply has nodes.

    Parameters
    ----------
    candidate
        ``(k,)`` the candidates; none where nodes are meant.
    supply
        The supply whose nodes are meant, else -1.
    most
        Most replicas, or nodes, in units of x or n.
    """

    workload: int
    candidate: Ints
    supply: int
    most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """How many groups have replicas: presences, and the least and most of them."""

    workload: int
    presences: Ints
    least: int
    most: int | None
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """At most a share of a workload's replicas placed in each of some groups.

    Parameters
    ----------
    groups
        ``(k,)`` arrays of candidates, one a group.
    share
        The largest fraction within the share stated that whole replicas can tell from it.
    """

    workload: int
    groups: tuple[Ints, ...]
    share: Fraction
    stated: float
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """What is left of a workload after the worst loss.

    Parameters
    ----------
    groups
        Candidates of each group that may be lost.
    all_of_it
        ``(k,)`` all candidates of the workload.
    at_once
        Groups lost together.
    keep
        Share of the replicas placed that is left.
    keep_units
        Replicas left, in units of x.
    """

    workload: int
    groups: tuple[Ints, ...]
    all_of_it: Ints
    at_once: int
    keep: Fraction
    keep_units: int
    by: str


@dataclass(slots=True, kw_only=True)
class Ties:
    """All of them.

    Parameters
    ----------
    some
        Presence of each workload that is placed whole or in part by a rule, by workload.
    least
        Workload and the least of its units that are placed, if any are.
    together
        A workload's presence in a cluster, and the candidates of its partner there.
    apart
        Presences of two workloads in a cluster.
    rates
        Of each load none of whose replicas may be idle: its rates, and presences of replicas of
        each.
    """

    presences: list[Presence] = field(default_factory=list)
    some: dict[int, int] = field(default_factory=dict)
    counted: list[Counted] = field(default_factory=list)
    shares: list[Share] = field(default_factory=list)
    skews: list[Skew] = field(default_factory=list)
    losses: list[Loss] = field(default_factory=list)
    least: list[tuple[int, int]] = field(default_factory=list)
    together: list[tuple[int, Ints]] = field(default_factory=list)
    apart: list[tuple[int, int]] = field(default_factory=list)
    rates: dict[int, list[tuple[int, int]]] = field(default_factory=dict)

    @property
    def used(self) -> bool:
        """Return whether there is any."""
        return bool(self.presences or self.shares or self.skews or self.losses or self.least)

    @property
    def several(self) -> tuple[Loss, ...]:
        """Return the losses of several groups at once, which need columns of their own."""
        return tuple(loss for loss in self.losses if loss.at_once > 1)


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
        order = np.argsort(found.workload, kind="stable")
        starts = np.searchsorted(found.workload[order], np.arange(1, len(self._number)))
        self._mine = np.split(order, starts) if len(self._number) else []

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
                all_of_it=self._mine[number],
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
        mine = self._mine[number]
        group = self._groups_of(by)[self._found.supply[mine]]
        for name in np.unique(group[group >= 0]).tolist():
            yield name, mine[group == name]

    def _some(self, number: int) -> None:
        """Tell whether a workload is placed at all."""
        if number not in self.ties.some:
            self.ties.some[number] = self._presence(number, "", 0, self._mine[number])

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
