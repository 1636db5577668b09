"""The moves that the rules are made of: fill nodes that are there, open nodes and fill them.

Demand is told as :class:`~placement.solvers.greedy.demands.Demands` counts it: in replicas, or for
a load in what they carry. Replicas go on until it is met.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from placement.candidates import Candidates
from placement.formulation.milp import Ints
from placement.solvers.greedy.ledger import MANY, Fit, Ledger

__all__ = ["buy", "by_priority", "drop_needless", "fill", "fill_found", "fill_part", "rising"]


def by_priority(candidates: Candidates) -> list[int]:
    """Return the workloads in the order in which most rules take them: priority, then name."""
    workloads = candidates.problem.workloads
    return sorted(range(len(workloads)), key=lambda w: (-workloads[w].priority, workloads[w].key))


def rising(things: Ints, by: NDArray[np.float64]) -> Iterator[int]:
    """Yield things by a value each, equal ones in their order; most are asked for the first."""
    if things.size:
        yield int(things[by.argmin()])
        yield from things[np.argsort(by, kind="stable")[1:]].tolist()


def fill(ledger: Ledger, workload: int, wanted: int, among: Ints | None = None) -> int:
    """Put replicas on nodes that are there, first fit, and return what is left of the demand.

    Parameters
    ----------
    among
        The nodes to fill, rising; absent: all.
    """
    return fill_part(ledger, workload, wanted, MANY, among)[0]


def fill_part(
    ledger: Ledger, workload: int, wanted: int, most: int, among: Ints | None = None
) -> tuple[int, int]:
    """Do the same with at most so many replicas; return what is left of the demand and of them."""
    return fill_found(ledger, workload, wanted, most, ledger.fit(workload, among))


def fill_found(
    ledger: Ledger, workload: int, wanted: int, most: int, found: Fit
) -> tuple[int, int]:
    """Do the same on nodes that a workload was found to fit on."""
    nodes, candidate, fits = found
    parts = int(ledger.demands.parts[workload])
    for run in _runs(ledger, workload, nodes, candidate):
        worth, room = int(ledger.demands.worth[candidate[run[0]]]), fits[run]
        before = np.cumsum(room)
        replicas = min(most, -(-wanted // worth), int(before[-1]) // parts)
        if replicas > 0:
            before -= room
            used = run[: np.searchsorted(before, replicas * parts)]
            take = np.minimum(room, replicas * parts - before)[: used.size]
            ledger.place(nodes[used], candidate[used], take)
            wanted, most = wanted - worth * replicas, most - replicas
        if wanted <= 0 or most == 0:
            break
    return max(0, wanted), most


def _runs(ledger: Ledger, workload: int, nodes: Ints, candidate: Ints) -> Iterable[Ints]:
    """Return the positions of nodes that are filled at once, in the order of first fit.

    Nodes side by side on which a replica is worth the same; for replicas over several nodes, those
    of one place.
    """
    if not nodes.size:
        return ()
    if ledger.demands.parts[workload] > 1:
        places = ledger.place_of[ledger.supply[nodes]]
        return [np.flatnonzero(places == place) for place in dict.fromkeys(places.tolist())]
    every = np.arange(nodes.size)
    if workload not in ledger.demands.steps:
        return (every,)
    return np.split(every, np.flatnonzero(np.diff(ledger.demands.worth[candidate])) + 1)


def buy(ledger: Ledger, candidate: int, wanted: int) -> int:
    """Open nodes for replicas of a candidate, fill them, and return what is left of the demand."""
    workload = int(ledger.candidates.workload[candidate])
    worth = int(ledger.demands.worth[candidate])
    replicas = -(-wanted // worth)
    if ledger.demands.parts[workload] == 1:
        return max(0, wanted - worth * ledger.open_filled(candidate, replicas))
    place = int(ledger.place_of[ledger.candidates.supply[candidate]])
    _open_whole(ledger, workload, place, replicas)
    return fill_found(ledger, workload, wanted, MANY, _in_place(ledger, workload, place))[0]


def _in_place(ledger: Ledger, workload: int, place: int) -> Fit:
    """Return the nodes of a place that a workload fits on."""
    nodes, candidate, fits = ledger.fit(workload)
    there = ledger.place_of[ledger.supply[nodes]] == place
    return nodes[there], candidate[there], fits[there]


def _open_whole(ledger: Ledger, workload: int, place: int, replicas: int) -> None:
    """Open what whole nodes in a place lack for replicas over several.

    Nodes that would not make up a replica are not opened.
    """
    parts = int(ledger.demands.parts[workload])
    supplies = ledger.candidates.supply[ledger.offers(workload)]
    supplies = supplies[ledger.place_of[supplies] == place]
    whole = _in_place(ledger, workload, place)[0].size
    possible = min(replicas * parts, whole + int(ledger.jointly_openable(supplies).sum()))
    missing = possible // parts * parts - whole
    for supply in supplies.tolist():
        if missing > 0:
            missing -= ledger.open(supply, missing).size


def drop_needless(ledger: Ledger, workload: int) -> None:
    """Take away replicas without which a load is carried whole all the same.

    The replicas that carry the least go first, of equal ones those that were placed last.
    """
    demands, found = ledger.demands, ledger.candidates
    if workload not in demands.steps:
        return
    parts, placed = int(demands.parts[workload]), defaultdict[tuple[int, int], list[int]](list)
    spare = -demands.asked[workload] * parts
    mine = np.flatnonzero(found.workload[ledger.loads[:, 1]] == workload)
    counts = dict(zip(mine.tolist(), ledger.loads[mine, 2].tolist(), strict=True))
    for row, candidate in zip(counts, ledger.loads[mine, 1].tolist(), strict=True):
        worth = int(demands.worth[candidate])
        placed[worth, int(ledger.place_of[found.supply[candidate]])].append(row)
        spare += worth * counts[row]
    spare //= parts
    taken: dict[int, int] = {}
    for (worth, _), rows in sorted(placed.items(), key=lambda item: (item[0][0], -item[1][-1])):
        if spare < worth:
            break
        replicas = min(spare // worth, sum(counts[row] for row in rows) // parts)
        spare -= replicas * worth
        units = replicas * parts
        for row in reversed(rows):
            taken[row] = min(units, counts[row])
            units -= taken[row]
    ledger.take_back(taken)
