"""One pass of Karmada's scheduler over one binding: filter, score, select, divide.

A faithful model of karmada-scheduler without its estimators' transport, at master f8fdd02d
(2026-08-21, after v1.19.0-rc.0); it has no side effects.
"""

from collections.abc import Sequence

from placement.solvers.greedy.affinities import candidates
from placement.solvers.greedy.binding import (
    Binding,
    Decision,
    Member,
    NoClusterFit,
    SchedulingError,
    Target,
)
from placement.solvers.greedy.division import divide
from placement.solvers.greedy.policy import Placement, Term, read_placement
from placement.solvers.greedy.selection import select

__all__ = ["schedule"]

SUCCESS = "Binding has been scheduled successfully."


def schedule(binding: Binding, members: Sequence[Member]) -> Decision:
    """Return what karmada-scheduler decides on ``binding``.

    Affinity groups are tried in order from the observed one (from the first on a reschedule); the
    first that takes all replicas wins, and if none does the first group's error is reported.
    """
    placement = read_placement(binding.placement)
    if _settled(binding, placement):
        return Decision(
            clusters=binding.previous, reason=None, observed_affinity=binding.observed_affinity
        )
    failures: list[SchedulingError] = []
    for term in placement.terms[_first_term(binding, placement) :]:
        try:
            clusters = _place(binding, placement, term, members)
        except SchedulingError as error:
            failures.append(error)
            continue
        return Decision(
            clusters=clusters, reason="Success", message=SUCCESS, observed_affinity=term.name
        )
    failure = failures[0]
    kept = () if isinstance(failure, NoClusterFit) else binding.previous
    return Decision(
        clusters=kept,
        reason=failure.reason,
        message=str(failure),
        observed_affinity=binding.observed_affinity,
    )


def _settled(binding: Binding, placement: Placement) -> bool:
    """Return whether nothing triggers scheduling: the sum is right and the placement applied."""
    if binding.fresh or not binding.previous or placement.strategy == "Duplicated":
        return False
    known = {term.name for term in placement.terms}
    if binding.observed_affinity not in known:
        return False
    return sum(target.replicas for target in binding.previous) == binding.replicas


def _first_term(binding: Binding, placement: Placement) -> int:
    names = [term.name for term in placement.terms]
    if binding.fresh or binding.observed_affinity not in names:
        return 0
    return names.index(binding.observed_affinity)


def _place(
    binding: Binding, placement: Placement, term: Term, members: Sequence[Member]
) -> tuple[Target, ...]:
    passed = candidates(binding, placement, term, members)
    try:
        selected = select(passed, placement, binding.replicas)
    except SchedulingError as error:
        raise type(error)(f"failed to select clusters: {error}") from error
    by_name = {member.name: member for member in members}
    try:
        return divide(binding, placement, term, selected, by_name)
    except SchedulingError as error:
        raise type(error)(f"failed to assign replicas: {error}") from error
