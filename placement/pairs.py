"""Kinds of node that matter, single nodes apart, and the pairs that no rule is against."""

from dataclasses import dataclass

import numpy as np

from placement.formulation.milp import Ints
from placement.groups import looks_at_nodes, split
from placement.judged import Judged
from placement.looked_at import preferred_zones
from placement.problem import Problem
from placement.supply import Supply, most_new

__all__ = ["Pairs", "most_units", "with_a_purpose", "with_single_nodes"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """What rules say of every pair, and the pairs that none is against.

    Parameters
    ----------
    workload, supply
        ``(n,)`` those pairs, by workload, then by supply.
    """

    supplies: tuple[Supply, ...]
    judged: Judged
    workload: Ints
    supply: Ints


def most_units(problem: Problem) -> Ints:
    """Return ``(W,)`` the most replicas of each workload; of several nodes each, the nodes."""
    found = [w.most_replicas * w.nodes_per_replica for w in problem.workloads]
    return np.array(found, dtype=np.int64)


def with_a_purpose(problem: Problem, pairs: Pairs) -> Pairs:
    """Return the supplies but for new nodes in a zone that no workload needs to name.

    Where the region alone has an offer, the zone of a new node matters only to a workload that may
    run there and not on a node of no zone, or prefers it; for all others the zone stays open.
    """
    twin = _without_a_zone(pairs.supplies)
    asks = np.array([workload.most_replicas > 0 for workload in problem.workloads], dtype=np.bool_)
    zoned = np.flatnonzero((twin[pairs.supply] >= 0) & asks[pairs.workload])
    workload, supply = pairs.workload[zoned], pairs.supply[zoned]
    matters = ~pairs.judged.admits(workload, twin[supply])
    matters |= _prefers(problem, pairs.supplies, workload, supply)
    kept = twin < 0
    kept[supply[matters]] = True
    if kept.all():
        return pairs
    number, those = np.cumsum(kept) - 1, kept[pairs.supply]
    positions = np.flatnonzero(kept)
    return Pairs(
        supplies=tuple(pairs.supplies[position] for position in positions.tolist()),
        judged=pairs.judged.on(positions),
        workload=pairs.workload[those],
        supply=number[pairs.supply[those]],
    )


def _without_a_zone(supplies: tuple[Supply, ...]) -> Ints:
    """Return ``(S,)`` for new nodes in a zone those of the same pool in none, -1 where none are."""
    places = [
        (s.cluster.name, s.pool.name if s.pool else "", s.running, s.zone is None) for s in supplies
    ]
    unzoned = {place: at for at, place in enumerate(places) if place[2:] == (False, True)}
    twins = [
        -1 if running or open_ else unzoned.get((cluster, pool, False, True), -1)
        for cluster, pool, running, open_ in places
    ]
    return np.array(twins, dtype=np.int64)


def _prefers(
    problem: Problem, supplies: tuple[Supply, ...], workload: Ints, supply: Ints
) -> np.ndarray:
    """Return ``(n,)`` whether each workload prefers the zone of the supply beside it."""
    number = {zone: at for at, zone in enumerate(dict.fromkeys(s.zone for s in supplies))}
    wanted = [
        row * len(number) + number[zone]
        for row, asker in enumerate(problem.workloads)
        if asker.preferences
        for zone in preferred_zones(asker)
        if zone in number
    ]
    zone = np.array([number[s.zone] for s in supplies], dtype=np.int64)
    return np.isin(workload * len(number) + zone[supply], np.array(wanted, dtype=np.int64))


def with_single_nodes(problem: Problem, pairs: Pairs, code: int) -> Pairs:
    """Return the supplies with nodes apart where a rule of some workload looks at single nodes.

    Of new nodes, as many as such workloads have replicas and can be bought, one at least; what is
    bought beyond is for others, and refused to these by a code.
    """
    looking = np.array([looks_at_nodes(w) for w in problem.workloads], dtype=np.bool_)
    if not looking.any():
        return pairs
    those = np.flatnonzero(looking[pairs.workload])
    here = np.bincount(pairs.supply[those], minlength=len(pairs.supplies))
    wanted = np.zeros(len(pairs.supplies), dtype=np.int64)
    np.add.at(wanted, pairs.supply[those], most_units(problem)[pairs.workload[those]])
    parts = [
        split(kind, max(1, min(most, most_new(problem, kind)))) if some else [kind]
        for kind, some, most in zip(pairs.supplies, here.tolist(), wanted.tolist(), strict=True)
    ]
    counts = np.array([len(each) for each in parts], dtype=np.int64)
    supplies = tuple(part for each in parts for part in each)
    bulk = np.array([supply.bulk for supply in supplies], dtype=np.bool_)
    of_pair = counts[pairs.supply]
    workload, first = np.repeat(pairs.workload, of_pair), (np.cumsum(counts) - counts)[pairs.supply]
    before = np.cumsum(of_pair) - of_pair
    supply = np.repeat(first - before, of_pair) + np.arange(workload.size)
    open_ = ~(looking[workload] & bulk[supply])
    judged = pairs.judged.on(np.repeat(np.arange(counts.size), counts))
    return Pairs(
        supplies=supplies,
        judged=judged.but(code, looking, bulk),
        workload=workload[open_],
        supply=supply[open_],
    )
