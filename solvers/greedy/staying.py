"""Running replicas stay where they are: none of the rules moves one that may remain."""

from collections import Counter
from collections.abc import Mapping

import numpy as np

from placement.formulation.milp import Ints
from placement.problem import Current
from placement.solvers.greedy.ledger import Ledger
from placement.solvers.greedy.moves import by_priority, fill_part

__all__ = ["keep_running"]

_Names = Mapping[tuple[str, str | None], list[tuple[int, str]]]
"""The running nodes of each cluster and pool, by number and name."""


def keep_running(ledger: Ledger) -> None:
    """Put the replicas of ``current`` where they run, as far as they may and are asked for.

    Rows that name a node come first; of a scale-down, the last rows give way.
    """
    problem = ledger.candidates.problem
    if not any(workload.current for workload in problem.workloads):
        return
    names = _names(ledger)
    for number in by_priority(ledger.candidates):
        held: Counter[str] = Counter()
        for row in sorted(problem.workloads[number].current, key=lambda row: row.node is None):
            among = _nodes(names, row)
            ledger.left[number], gone = fill_part(
                ledger, number, ledger.left[number], row.replicas, among
            )
            held[row.cluster] += row.replicas - gone
        ledger.held[number] = dict(+held)


def _names(ledger: Ledger) -> _Names:
    found: dict[tuple[str, str | None], list[tuple[int, str]]] = {}
    number = 0
    for supply in ledger.candidates.supplies:
        pool = (supply.cluster.name, supply.pool.name if supply.pool else None)
        for name in supply.nodes:
            found.setdefault(pool, []).append((number, name))
            number += 1
    return found


def _nodes(names: _Names, row: Current) -> Ints:
    """Return the nodes that a row may mean."""
    pool = names.get((row.cluster, row.node_pool), [])
    return np.array([n for n, name in pool if row.node in {None, name}], dtype=np.int64)
