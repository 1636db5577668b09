"""Karmada's spread over regions: the best set of regions, then clusters in them.

Source: Karmada master f8fdd02d (2026-08-21), ``pkg/scheduler/core/spreadconstraint``.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from placement.solvers.greedy.binding import Candidate, SchedulingError
from placement.solvers.greedy.policy import Spread

__all__ = ["select_regions"]

WEIGHT_UNIT = 1000  # Karmada f8fdd02d, group_clusters.go: one replica outweighs any locality score


@dataclass(frozen=True, slots=True, kw_only=True)
class _Region:
    name: str
    clusters: tuple[Candidate, ...]
    score: int


def select_regions(
    candidates: Sequence[Candidate],
    regions: Spread,
    clusters: Spread,
    *,
    replicas: int,
    duplicated: bool,
) -> list[Candidate]:
    """Return one best cluster per chosen region, then others up to ``clusters.max_groups``.

    Whether they have room for all replicas is not looked at: the division fails later.

    Raises
    ------
    SchedulingError
        When no set of regions satisfies both constraints.
    """
    grouped: dict[str, list[Candidate]] = {}
    for candidate in candidates:
        if candidate.region:
            grouped.setdefault(candidate.region, []).append(candidate)
    if len(grouped) < regions.min_groups:
        raise SchedulingError(
            "the number of feasible region is less than spreadConstraint.MinGroups"
        )
    known = [
        _Region(
            name=name,
            clusters=tuple(group),
            score=_duplicated_score(group, replicas)
            if duplicated
            else _divided_score(group, replicas, regions, clusters),
        )
        for name, group in grouped.items()
    ]
    chosen = _best_set(known, regions, clusters.min_groups)
    if not chosen:
        raise SchedulingError(
            "the number of clusters is less than the cluster spreadConstraint.MinGroups"
        )
    taken = [region.clusters[0] for region in chosen]
    rest = [candidate for region in chosen for candidate in region.clusters[1:]]
    rest.sort(key=lambda one: (one.tier, -one.score, -one.available, one.name))
    return taken + rest[: max(0, clusters.max_groups - len(taken))]


def _duplicated_score(group: Sequence[Candidate], replicas: int) -> int:
    """Return the clusters with room for all replicas, in thousands, plus their mean score."""
    fit = [candidate.score for candidate in group if candidate.available >= replicas]
    return len(fit) * WEIGHT_UNIT + sum(fit) // len(fit) if fit else 0


def _divided_score(
    group: Sequence[Candidate], replicas: int, regions: Spread, clusters: Spread
) -> int:
    """Return the group's part of the replicas that it has room for, in thousands, plus a mean.

    The mean score is over the clusters that were needed to reach the part, and no fewer than
    the constraints ask for; of all clusters where the part is not reached.
    """
    # With zero groups Karmada's quotient overflows to zero in the score.
    part = -(-replicas // regions.min_groups) if regions.min_groups else 0
    at_least = max(regions.min_groups, clusters.min_groups)
    room = score = used = 0
    for candidate in group:
        room += candidate.available
        score += candidate.score
        used += 1
        if used >= at_least and room >= part:
            break
    return min(room, part) * WEIGHT_UNIT + score // used


def _best_set(known: Sequence[_Region], regions: Spread, min_clusters: int) -> list[_Region]:
    """Return the best set: by weight, then clusters, then the first found; its prefix wins."""
    ordered = sorted(known, key=lambda one: (len(one.clusters), -one.score, one.name))
    sets = [
        sorted(found, key=lambda one: (-one.score, one.name))
        for found in _feasible_sets(ordered, regions, min_clusters)
    ]
    sets.sort(
        key=lambda found: (
            -sum(region.score for region in found),
            -sum(len(region.clusters) for region in found),
        )
    )
    best = sets[0] if sets else []
    for found in sets[1:]:
        if len(found) < len(best) and best[: len(found)] == found:
            best = found
    return best


def _feasible_sets(
    ordered: Sequence[_Region], regions: Spread, min_clusters: int
) -> Iterator[list[_Region]]:
    """Yield sets of regions, depth first; a set that suffices is not enlarged."""

    def search(path: list[_Region], count: int, begin: int) -> Iterator[list[_Region]]:
        if count >= min_clusters and regions.min_groups <= len(path) <= regions.max_groups:
            yield path
            return
        if len(path) >= regions.max_groups:
            return
        for place in range(begin, len(ordered)):
            region = ordered[place]
            yield from search([*path, region], count + len(region.clusters), place + 1)

    return search([], 0, 0)
