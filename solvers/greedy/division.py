"""How many replicas each selected cluster gets: Karmada's replica division.

Source: Karmada master f8fdd02d (2026-08-21), ``pkg/scheduler/core`` (assignment and division).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from itertools import groupby

from placement.solvers.greedy.affinities import matches
from placement.solvers.greedy.binding import (
    Binding,
    Candidate,
    Member,
    SchedulingError,
    Target,
    Unschedulable,
)
from placement.solvers.greedy.policy import Placement, Term
from placement.solvers.greedy.webster import webster

__all__ = ["divide"]


def divide(
    binding: Binding,
    placement: Placement,
    term: Term,
    selected: Sequence[Candidate],
    members: Mapping[str, Member],
) -> tuple[Target, ...]:
    """Return the replicas of each selected cluster that gets any, in Karmada's order.

    Raises
    ------
    Unschedulable
        When the clusters lack room; replicas are never placed in part.
    SchedulingError
        When there is no cluster, or no such strategy.
    """
    if not selected:
        raise SchedulingError("no clusters available to schedule")
    if binding.replicas == 0:
        return ()
    match placement.strategy:
        case "Duplicated":
            shares = {candidate.name: binding.replicas for candidate in selected}
        case "StaticWeight":
            shares = _by_static_weight(binding, placement, selected, members)
        case None:
            raise SchedulingError(
                "unsupported replica scheduling strategy, replicaSchedulingType: Divided, "
                "replicaDivisionPreference: , please try another scheduling strategy"
            )
        case _:
            aggregated = placement.strategy == "Aggregated"
            if len(term.tiers) > 1:
                shares = _by_tiers(binding, selected, aggregated=aggregated)
            else:
                shares = _dynamic(binding, selected, binding.replicas, aggregated=aggregated)
    return tuple(Target(name=name, replicas=count) for name, count in shares.items() if count)


def _by_static_weight(
    binding: Binding,
    placement: Placement,
    selected: Sequence[Candidate],
    members: Mapping[str, Member],
) -> dict[str, int]:
    """Divide by the largest matching weight of each cluster; room and the past are ignored."""
    weights = {
        candidate.name: max(
            (
                weight
                for affinity, weight in placement.weights
                if matches(members[candidate.name], affinity)
            ),
            default=0,
        )
        for candidate in selected
    }
    votes = {name: weight for name, weight in weights.items() if weight > 0}
    return webster(votes or dict.fromkeys(weights, 1), binding.replicas, binding.uid)


def _by_tiers(
    binding: Binding, selected: Sequence[Candidate], *, aggregated: bool
) -> dict[str, int]:
    """Fill the affinity group, then its overflow groups, each divided for itself."""
    shares: dict[str, int] = {}
    remaining = binding.replicas
    by_tier = sorted(selected, key=lambda candidate: candidate.tier)
    for _, group in groupby(by_tier, key=lambda candidate: candidate.tier):
        tier = list(group)
        part = min(remaining, sum(candidate.available for candidate in tier))
        if part > 0:
            names = {candidate.name for candidate in tier}
            own = tuple(target for target in binding.previous if target.name in names)
            shares |= _dynamic(replace(binding, previous=own), tier, part, aggregated=aggregated)
        remaining -= part
    if remaining > 0:
        raise Unschedulable("Clusters available replicas are not enough to schedule.")
    return shares


def _dynamic(
    binding: Binding, selected: Sequence[Candidate], replicas: int, *, aggregated: bool
) -> dict[str, int]:
    """Divide by room: all anew, or only what the previous result lacks or has too much of."""
    held = {candidate.name: candidate.held for candidate in selected if candidate.score}
    assigned = sum(held.values())
    if binding.fresh:
        room = {candidate.name: candidate.available for candidate in selected}
        votes = _with_room(room, replicas, "do fresh scale")
        return webster(_fewest(votes, replicas) if aggregated else votes, replicas, binding.uid)
    if assigned > replicas:
        votes = {target.name: target.replicas for target in binding.previous}
        return webster(_fewest(votes, replicas) if aggregated else votes, replicas, binding.uid)
    if assigned == replicas:
        return held
    missing = replicas - assigned
    room = {candidate.name: candidate.allocatable for candidate in selected}
    votes = _with_room(room, missing, "scale up")
    if aggregated:
        votes = _fewest(votes, missing, first={name for name, count in held.items() if count})
    more = webster(votes, missing, binding.uid)
    # Karmada appends the clusters that get nothing new in no order; here by name.
    rest = {name: held[name] for name in sorted(held.keys() - more.keys())}
    return {name: held.get(name, 0) + count for name, count in more.items()} | rest


def _with_room(room: dict[str, int], replicas: int, doing: str) -> dict[str, int]:
    """Return ``room`` if it suffices; it is all replicas or none."""
    total = sum(room.values())
    if total < replicas:
        raise Unschedulable(
            f"failed to {doing}: Clusters available replicas {total} are not enough to schedule."
        )
    return room


def _fewest(room: Mapping[str, int], replicas: int, first: Collection[str] = ()) -> dict[str, int]:
    """Return the fewest clusters that have the room: those of ``first``, then by most room."""
    votes: dict[str, int] = {}
    for name in sorted(room, key=lambda one: (one not in first, -room[one])):
        votes[name] = room[name]
        if sum(votes.values()) >= replicas:
            break
    return votes
