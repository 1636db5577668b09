"""What any plan as cheap as the cheapest can have, by reduced costs."""

import numpy as np

from placement.formulation.milp import Ints, Milp
from placement.solver import Relaxation

__all__ = ["narrowed"]

MARGIN = 1e-6  # of the objective: far above solvers' tolerances of 1e-7 on single columns


def narrowed(milp: Milp, found: Relaxation, best: float) -> Ints:
    """Return ``(cols,)`` the most of every column in any solution of objective ``best``.

    On top of the relaxation's bound, a column costs its reduced cost for every unit above its lower
    bound. What would take it beyond ``best`` is in no solution that reaches it.
    """
    slack = best - found.bound + MARGIN * max(1.0, abs(best))
    steps = np.floor(slack / np.maximum(found.reduced, 1e-9))
    most = np.minimum(milp.upper, milp.lower + np.maximum(steps, 0.0))
    return most.astype(np.int64)
