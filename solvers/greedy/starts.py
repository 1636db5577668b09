"""Where a greedy rule leads, as arrays that a search starts from; no plan is made for it."""

from itertools import groupby
from operator import itemgetter

import numpy as np

from placement.instance import Instance
from placement.packer import Fill
from placement.packing import Verdict
from placement.solvers.greedy.plan import money_of
from placement.solvers.greedy.run import Run
from placement.starting import Start, nodes_at

__all__ = ["order_of", "start_at"]


def order_of(run: Run, instance: Instance) -> tuple[tuple[int, ...], float]:
    """Return what tells the better of two runs of a problem without loads or moves.

    What is left out of each priority, the highest first, then the money.
    """
    priorities = instance.priority.tolist()
    left = dict.fromkeys(sorted(set(priorities), reverse=True), 0)
    for workload, (replicas, _) in run.left.items():
        left[priorities[workload]] += replicas
    return tuple(left.values()), money_of(run.ending, instance.costs).total


def start_at(run: Run, instance: Instance) -> Start:
    """Return the start that a run makes, which is that of its plan."""
    _, candidate, replicas = run.ledger.loads.T
    x = np.zeros(instance.workload.size, dtype=np.int64)
    np.add.at(x, candidate, replicas)
    n = nodes_at(instance, run.ending.planned)
    return Start(x=x, n=n, fills=_fills(run), plan=run.plan)


def _fills(run: Run) -> tuple[Fill, ...]:
    """Return what is on the nodes of each supply, in the order of the nodes' names."""
    ledger = run.ledger
    node, candidate, replicas = ledger.loads.T
    place = np.zeros(ledger.supply.size, dtype=np.int64)
    named = run.ending.by_name(np.flatnonzero(run.ending.loaded))
    place[named] = np.arange(len(named))
    order = np.lexsort((place[node], ledger.supply[node]))
    rows = zip(
        ledger.supply[node[order]].tolist(),
        node[order].tolist(),
        candidate[order].tolist(),
        replicas[order].tolist(),
        strict=True,
    )
    return tuple(_fill(supply, [*alike]) for supply, alike in groupby(rows, key=itemgetter(0)))


def _fill(supply: int, rows: list[tuple[int, int, int, int]]) -> Fill:
    """Return the fill of a supply from its rows of supply, node, candidate and replicas."""
    members = sorted({row[2] for row in rows})
    column = {candidate: number for number, candidate in enumerate(members)}
    nodes: dict[int, list[int]] = {}
    for _, node, candidate, replicas in rows:
        held = nodes.setdefault(node, [0] * len(members))
        held[column[candidate]] += replicas
    return Fill(
        supply=supply,
        candidate=np.array(members, dtype=np.int64),
        verdict=Verdict.FITS,
        nodes=tuple(map(tuple, nodes.values())),
    )
