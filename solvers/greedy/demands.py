"""What has to be placed of each workload: replicas, or a load that they carry; as index arrays."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from placement.candidates import Candidates
from placement.formulation.milp import Ints
from placement.loads import loads_of
from placement.plan import Unplaced

__all__ = ["Demands", "demands_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Demands:
    """The demand of W workloads with C candidates.

    Parameters
    ----------
    asked
        ``(W,)`` replicas, or of a load its amount, in units of a step that measures it exactly.
    worth
        ``(C,)`` what one replica of each candidate takes off that: 1, or what it carries.
    parts
        ``(W,)`` nodes of one replica.
    steps
        The units of the loads, by workload.
    """

    candidates: Candidates
    asked: tuple[int, ...]
    worth: Ints
    parts: Ints
    steps: Mapping[int, Fraction]

    def unplaced(self, workload: int, left: int, reasons: tuple[str, ...]) -> Unplaced:
        """Return the row for what is left of a demand, in the words of the plan."""
        asker = self.candidates.problem.workloads[workload]
        if asker.load is None:
            return Unplaced(workload=asker.key, replicas=left, reasons=reasons)
        load = float(left * self.steps[workload])
        return Unplaced(workload=asker.key, load=load, unit=asker.load.unit, reasons=reasons)


def demands_of(candidates: Candidates) -> Demands:
    """Return the demand of every workload."""
    workloads = candidates.problem.workloads
    asked = [workload.most_replicas for workload in workloads]
    worth = np.ones(candidates.workload.size, dtype=np.int64)
    loads = loads_of(candidates)
    for row in loads:
        asked[row.workload] = row.amount
        worth[row.candidate] = row.rate
    return Demands(
        candidates=candidates,
        asked=tuple(asked),
        worth=worth,
        parts=np.array([workload.nodes_per_replica for workload in workloads], dtype=np.int64),
        steps={row.workload: row.step for row in loads},
    )
