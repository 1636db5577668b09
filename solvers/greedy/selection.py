"""Which of the candidate clusters are used: Karmada's spread constraints.

Source: Karmada master f8fdd02d (2026-08-21), ``pkg/scheduler/core/spreadconstraint``.
"""

from collections.abc import Sequence

from placement.solvers.greedy.binding import Candidate, SchedulingError
from placement.solvers.greedy.policy import Placement, Spread
from placement.solvers.greedy.regions import select_regions

__all__ = ["select"]


def select(candidates: Sequence[Candidate], placement: Placement, replicas: int) -> list[Candidate]:
    """Return the clusters to divide among, in the order in which they were taken.

    Parameters
    ----------
    candidates
        In the order of Karmada's sort: tier, score, available replicas, name.

    Raises
    ------
    SchedulingError
        When a spread constraint cannot hold.
    """
    if not placement.spread or placement.ignores_spread:
        return list(candidates)
    clusters = placement.spread.get("cluster")
    if "region" in placement.spread:
        # A missing cluster constraint is a zero one, as in Karmada.
        limits = clusters or Spread(min_groups=0, max_groups=0)
        return select_regions(
            candidates,
            placement.spread["region"],
            limits,
            replicas=replicas,
            duplicated=placement.strategy == "Duplicated",
        )
    if clusters is None:
        raise SchedulingError("just support cluster and region spread constraint")
    if len(candidates) < clusters.min_groups:
        raise SchedulingError(
            "the number of feasible clusters is less than spreadConstraint.MinGroups"
        )
    count = min(len(candidates), clusters.max_groups)
    if placement.strategy == "Duplicated":
        return list(candidates[:count])
    return _with_room(candidates, count, replicas)


def _with_room(candidates: Sequence[Candidate], count: int, replicas: int) -> list[Candidate]:
    """Return ``count`` clusters with room for all replicas, swapped in from the last one back."""
    taken, rest = list(candidates[:count]), list(candidates[count:])
    for place in reversed(range(count)):
        if _room(taken) >= replicas:
            break
        best = max(rest, key=lambda one: one.available, default=None)
        if best is not None and best.available > taken[place].available:
            rest[rest.index(best)], taken[place] = taken[place], best
    if not taken or _room(taken) < replicas:
        raise SchedulingError(f"no enough resource when selecting {count} clusters")
    return taken


def _room(clusters: Sequence[Candidate]) -> int:
    return sum(cluster.available for cluster in clusters)
