"""First-fit-decreasing: the largest replicas first, each on the first node that has room.

Karpenter's way of packing pending pods (kubernetes-sigs/karpenter v1.1.0,
``pkg/controllers/provisioning/scheduling``), over all clusters at once. Karpenter sorts by CPU,
then memory; here GPUs come first, as they are what GPU nodes run out of.
"""

import numpy as np

from placement.quantity import CPU, MEMORY
from placement.solvers.greedy.ledger import Ledger
from placement.solvers.greedy.moves import buy, drop_needless, fill, rising
from placement.solvers.greedy.plan import Left
from placement.solvers.greedy.reasons import no_room

__all__ = ["ffd"]


def ffd(ledger: Ledger) -> Left:
    """Place replicas by size, falling; return what is left out, and why.

    Existing nodes come first, then nodes already opened, else one node of the cheapest type that
    fits the replica is opened. Equal replicas sit side by side in the order, so a workload is
    placed at once.
    """
    candidates = ledger.candidates
    prices = np.array([supply.price for supply in candidates.supplies])
    left: dict[int, tuple[int, tuple[str, ...]]] = {}
    for number in _decreasing(ledger):
        missing = fill(ledger, number, ledger.left[number])
        if missing:
            offers = ledger.open_offers(number)
            for candidate in rising(offers, prices[candidates.supply[offers]]):
                if missing == 0:
                    break
                missing = buy(ledger, candidate, missing)
        drop_needless(ledger, number)
        left[number] = (missing, no_room(ledger, number) if missing else ())
    return left


def _decreasing(ledger: Ledger) -> list[int]:
    """Return the workloads by priority, then GPUs, CPU and memory of a replica, falling.

    Of a replica over several nodes, those of all its nodes count.
    """
    candidates = ledger.candidates
    workloads = candidates.problem.workloads
    gpus = np.full(len(workloads), 2**31, dtype=np.int64)
    np.minimum.at(gpus, candidates.workload, candidates.gpus)
    some = np.bincount(candidates.workload, minlength=len(workloads)) > 0
    least = np.where(some, gpus, 0).tolist()

    def size(number: int) -> tuple[int, int, int, int, str]:
        workload = workloads[number]
        asked, nodes = workload.requests, workload.nodes_per_replica
        return (
            -workload.priority,
            -least[number],
            -asked.get(CPU, 0) * nodes,
            -asked.get(MEMORY, 0) * nodes,
            workload.key,
        )

    return sorted(range(len(workloads)), key=size)
