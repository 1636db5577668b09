"""The best pods on one node of the openb trace, at a value for each: a programme of its own.

Pods that share a GPU need a way to fill each GPU (:mod:`openb_fillings`), so what comes out fits.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from openb_fillings import fillings
from openb_trace import GPU, Kind, Shape

from placement.formulation.milp import Floats, Ints, Milp, at_most
from placement.solver import Limits
from placement.solvers.highs import Highs

__all__ = ["Pricing"]

WORTHLESS = 1e-9  # a pod's value below which it is left out: the solver's own tolerance is 1e-7


@dataclass(frozen=True, slots=True)
class Pricing:
    """Fills nodes with pods of these shapes."""

    shapes: Sequence[Shape]

    def best(self, kind: Kind, value: Floats, most: Ints) -> tuple[Ints, float]:
        """Return the pods of each shape on a node that are worth most, and a bound of their worth.

        Parameters
        ----------
        value
            ``(shapes,)`` of one pod.
        most
            ``(shapes,)`` pods there are.
        """
        counts = np.zeros(len(self.shapes), dtype=np.int64)
        upper = np.minimum(self._most(kind), most)
        used = np.flatnonzero((value > WORTHLESS) & (upper > 0))
        if not used.size:
            return counts, float(np.maximum(value, 0.0) @ upper)
        milp = self._milp(kind, used, value[used], upper[used])
        outcome = Highs().solve(milp, Limits())
        assert outcome.values is not None
        counts[used] = outcome.values[: used.size]
        return counts, -outcome.bound

    def _milp(self, kind: Kind, used: Ints, value: Floats, upper: Ints) -> Milp:
        shapes = [self.shapes[index] for index in used.tolist()]
        sizes = np.array([shape.share for shape in shapes])
        shares = tuple(sorted({shape.share for shape in shapes if shape.share}, reverse=True))
        ways = fillings(shares, GPU) if shares else np.zeros((0, 0), dtype=np.int64)
        pods = np.array(
            [
                [shape.cpu_milli for shape in shapes],
                [shape.memory for shape in shapes],
                [shape.whole for shape in shapes],
                *((sizes >= share).astype(np.int64) for share in shares),
            ]
        )
        gpus = np.vstack([np.zeros((2, len(ways))), np.ones((1, len(ways))), -ways.T])
        matrix = np.hstack([pods, gpus]).astype(np.int64)
        row, col = np.nonzero(matrix)
        room = np.array([kind.cpu_milli, kind.memory, kind.gpus, *(0 for _ in shares)])
        return Milp(
            cost=np.concatenate([-value, np.zeros(len(ways))]),
            lower=np.zeros(matrix.shape[1]),
            upper=np.concatenate([upper, np.full(len(ways), kind.gpus)]).astype(np.float64),
            families=(at_most("node", row, col, matrix[row, col], room),),
        )

    def _most(self, kind: Kind) -> Ints:
        """Return ``(shapes,)`` the pods of one shape alone that a node has room for."""
        return np.array([_alone(shape, kind) for shape in self.shapes], dtype=np.int64)


def _alone(shape: Shape, kind: Kind) -> int:
    by = [
        has // asks
        for has, asks in (
            (kind.cpu_milli, shape.cpu_milli),
            (kind.memory, shape.memory),
            (kind.gpus, shape.whole),
        )
        if asks
    ]
    if shape.share:
        by.append(kind.gpus * (GPU // shape.share))
    return min(by)
