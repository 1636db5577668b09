"""The moves that the rules are made of: fill nodes that are there, open nodes and fill them."""

import numpy as np

from placement.candidates import Candidates
from placement.formulation.milp import Ints
from placement.solvers.greedy.ledger import Ledger

__all__ = ["buy", "by_priority", "fill", "fill_groups"]


def by_priority(candidates: Candidates) -> list[int]:
    """Return the workloads in the order in which most rules take them: priority, then name."""
    workloads = candidates.problem.workloads
    return sorted(range(len(workloads)), key=lambda w: (-workloads[w].priority, workloads[w].key))


def fill(ledger: Ledger, workload: int, replicas: int) -> int:
    """Put replicas on nodes that are there, first fit, and return how many are left over."""
    everywhere = np.zeros(len(ledger.candidates.supplies), dtype=np.int64)
    return int(fill_groups(ledger, workload, np.array([replicas]), everywhere)[0])


def fill_groups(ledger: Ledger, workload: int, replicas: Ints, group: Ints) -> Ints:
    """Put replicas on the nodes of each group, first fit; return ``(G,)`` what is left over.

    Parameters
    ----------
    replicas
        ``(G,)`` replicas for each group.
    group
        ``(S,)`` the group of each supply.
    """
    nodes, candidate, fits = ledger.fit(workload)
    order = np.argsort(group[ledger.supply[nodes]], kind="stable")
    nodes, candidate, fits = nodes[order], candidate[order], fits[order]
    of_node = group[ledger.supply[nodes]]
    before = np.concatenate([[0], np.cumsum(fits)])
    start = before[np.searchsorted(of_node, np.arange(replicas.size))]
    take = np.clip(replicas[of_node] - (before[:-1] - start[of_node]), 0, fits)
    used = take > 0
    ledger.place(nodes[used], candidate[used], take[used])
    placed = np.zeros(replicas.size, dtype=np.int64)
    np.add.at(placed, of_node, take)
    rest: Ints = replicas - placed
    return rest


def buy(ledger: Ledger, candidate: int, replicas: int) -> int:
    """Open nodes for replicas of a candidate, fill them, and return how many are left over."""
    per_node = int(ledger.per_node(np.array([candidate]))[0])
    supply = int(ledger.candidates.supply[candidate])
    nodes = ledger.open(supply, -(-replicas // per_node))
    before = np.arange(nodes.size) * per_node
    take = np.minimum(per_node, replicas - before)
    ledger.place(nodes, np.full(nodes.size, candidate, dtype=np.int64), take)
    return replicas - int(take.sum())
