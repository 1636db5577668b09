"""The moves that the rules are made of: fill nodes that are there, open nodes and fill them.

Demand is told as :class:`~placement.solvers.greedy.demands.Demands` counts it: in replicas, or for
a load in what they carry. Replicas go on until it is met.
"""

from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from placement.candidates import Candidates
from placement.formulation.milp import Ints
from placement.solvers.greedy.ledger import MANY, Ledger

__all__ = ["buy", "by_priority", "drop_needless", "fill", "fill_part"]


def by_priority(candidates: Candidates) -> list[int]:
    """Return the workloads in the order in which most rules take them: priority, then name."""
    workloads = candidates.problem.workloads
    return sorted(range(len(workloads)), key=lambda w: (-workloads[w].priority, workloads[w].key))


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
    nodes, candidate, fits = ledger.fit(workload, among)
    parts = int(ledger.demands.parts[workload])
    for run in _runs(ledger, parts, nodes, candidate):
        worth, room = int(ledger.demands.worth[candidate[run[0]]]), fits[run]
        replicas = min(most, -(-wanted // worth), int(room.sum()) // parts)
        if replicas > 0:
            take = np.clip(replicas * parts - (np.cumsum(room) - room), 0, room)
            used = take > 0
            ledger.place(nodes[run][used], candidate[run][used], take[used])
            wanted, most = wanted - worth * replicas, most - replicas
        if wanted <= 0 or most == 0:
            break
    return max(0, wanted), most


def _runs(ledger: Ledger, parts: int, nodes: Ints, candidate: Ints) -> Iterator[Ints]:
    """Yield the positions of nodes that are filled at once, in the order of first fit.

    Nodes side by side on which a replica is worth the same; for replicas over several nodes, those
    of one place.
    """
    if not nodes.size:
        return
    if parts == 1:
        changes = np.flatnonzero(np.diff(ledger.demands.worth[candidate])) + 1
        yield from np.split(np.arange(nodes.size), changes)
        return
    places = ledger.place_of[ledger.supply[nodes]]
    for place in dict.fromkeys(places.tolist()):
        yield np.flatnonzero(places == place)


def buy(ledger: Ledger, candidate: int, wanted: int) -> int:
    """Open nodes for replicas of a candidate, fill them, and return what is left of the demand."""
    workload = int(ledger.candidates.workload[candidate])
    supply = int(ledger.candidates.supply[candidate])
    replicas = -(-wanted // int(ledger.demands.worth[candidate]))
    if ledger.demands.parts[workload] > 1:
        opened = _open_whole(ledger, workload, int(ledger.place_of[supply]), replicas)
    else:
        per_node = int(ledger.per_node(np.array([candidate]))[0])
        opened = ledger.open(supply, -(-replicas // per_node))
    return fill(ledger, workload, wanted, opened)


def _open_whole(ledger: Ledger, workload: int, place: int, replicas: int) -> Ints:
    """Open what whole nodes in a place lack for replicas over several; return all nodes there.

    Nodes that would not make up a replica are not opened.
    """
    parts = int(ledger.demands.parts[workload])
    supplies = ledger.candidates.supply[ledger.offers(workload)]
    supplies = supplies[ledger.place_of[supplies] == place]
    there = np.flatnonzero(ledger.place_of[ledger.supply] == place)
    whole = ledger.fit(workload, there)[0].size
    possible = min(replicas * parts, whole + int(ledger.jointly_openable(supplies).sum()))
    missing = possible // parts * parts - whole
    for supply in supplies.tolist():
        if missing > 0:
            missing -= ledger.open(supply, missing).size
    return np.flatnonzero(ledger.place_of[ledger.supply] == place)


def drop_needless(ledger: Ledger, workload: int) -> None:
    """Take away replicas without which a load is carried whole all the same.

    The replicas that carry the least go first, of equal ones those that were placed last.
    """
    demands, found = ledger.demands, ledger.candidates
    if workload not in demands.steps:
        return
    parts, placed = int(demands.parts[workload]), defaultdict[tuple[int, int], list[int]](list)
    spare = -demands.asked[workload] * parts
    for row, (_, candidate, replicas) in enumerate(ledger.loads):
        if found.workload[candidate] == workload:
            worth = int(demands.worth[candidate])
            placed[worth, int(ledger.place_of[found.supply[candidate]])].append(row)
            spare += worth * replicas
    spare //= parts
    taken: dict[int, int] = {}
    for (worth, _), rows in sorted(placed.items(), key=lambda item: (item[0][0], -item[1][-1])):
        if spare < worth:
            break
        replicas = min(spare // worth, sum(ledger.loads[row][2] for row in rows) // parts)
        spare -= replicas * worth
        units = replicas * parts
        for row in reversed(rows):
            taken[row] = min(units, ledger.loads[row][2])
            units -= taken[row]
    ledger.take_back(taken)
