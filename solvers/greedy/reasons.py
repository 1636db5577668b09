"""Why a greedy rule left replicas out, in words."""

import numpy as np

from placement.solvers.greedy.ledger import Ledger

__all__ = ["no_place", "no_room"]

MOST = 3  # reasons of one kind that are listed


def no_place(ledger: Ledger, workload: int) -> tuple[str, ...]:
    """Return why a workload has no candidate at all: each rule, the commonest first."""
    candidates = ledger.candidates
    refused = candidates.refused(workload)
    codes, first, counts = np.unique(refused, return_index=True, return_counts=True)
    if codes.size == 0:
        return ("the fleet has no nodes, and no node pool that may grow",)
    reasons = []
    for place in np.argsort(-counts, kind="stable")[:MOST].tolist():
        rule, why = candidates.why_not(workload, int(first[place]))
        where = candidates.supplies[int(first[place])].describe()
        reasons.append(f"{rule} refuses {counts[place]} kinds of node, such as {where}: {why}")
    return tuple(reasons)


def no_room(ledger: Ledger, workload: int) -> tuple[str, ...]:
    """Return why no further replica of a workload finds a place; empty where one might."""
    if ledger.candidates_of(workload).size == 0:
        return no_place(ledger, workload)
    offers = ledger.offers(workload)
    if offers.size == 0:
        return ("no running node has room, and no node pool that may grow can carry it",)
    nodes = int(ledger.demands.parts[workload])
    binding = ledger.binding_caps(ledger.candidates.supply[offers], nodes)
    if not binding:
        return ()
    more = [f"and {len(binding) - MOST} more"] if len(binding) > MOST else []
    return (f"no node has room, and no more can be had: {', '.join(binding[:MOST] + more)}",)
