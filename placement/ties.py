"""Rules that tie the replicas of workloads to groups of nodes, as index arrays."""

from dataclasses import dataclass, field
from fractions import Fraction

from placement.formulation.milp import Ints
from placement.skews import Skew

__all__ = ["Counted", "Loss", "Presence", "Share", "Ties"]


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

    def of(self, workload: int) -> "Ties":
        """Return the rules of one workload alone; presences keep their numbers."""

        def is_there(presence: int) -> bool:
            return self.presences[presence].workload == workload

        return Ties(
            presences=self.presences,
            some=self.some,
            counted=[each for each in self.counted if each.workload == workload],
            shares=[each for each in self.shares if each.workload == workload],
            skews=[each for each in self.skews if each.workload == workload],
            losses=[each for each in self.losses if each.workload == workload],
            least=[each for each in self.least if each[0] == workload],
            together=[each for each in self.together if is_there(each[0])],
            apart=[pair for pair in self.apart if any(map(is_there, pair))],
        )

    @property
    def several(self) -> tuple[Loss, ...]:
        """Return the losses of several groups at once, which need columns of their own."""
        return tuple(loss for loss in self.losses if loss.at_once > 1)
