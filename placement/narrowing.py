"""Which columns are worth a look, by reduced costs: surely none of the rest, or hardly any."""

import numpy as np

from placement.formulation.milp import Ints, Milp
from placement.solver import Relaxation

__all__ = ["DEAR", "DEAR_WITH_RULES", "narrowed", "promising"]

MARGIN = 1e-6  # of the objective: far above solvers' tolerances of 1e-7 on single columns

DEAR = 1e-5  # of the relaxation's cost: a reduced cost above it is hardly ever worth paying
# Source: benchmarks/README.md, 200 x 50 x 30, seeds 0 to 2: a sixth of the candidates is left.
DEAR_WITH_RULES = 1e-4  # rules ask for places beside the cheapest; see all rules in the benchmarks


def narrowed(milp: Milp, found: Relaxation, best: float) -> Ints:
    """Return ``(cols,)`` the most of every column in any solution of objective ``best``.

    On top of the relaxation's bound, a column costs its reduced cost for every unit above its lower
    bound. What would take it beyond ``best`` is in no solution that reaches it.
    """
    slack = best - found.bound + MARGIN * max(1.0, abs(best))
    steps = np.floor(slack / np.maximum(found.reduced, 1e-9))
    most = np.minimum(milp.upper, milp.lower + np.maximum(steps, 0.0))
    return most.astype(np.int64)


def promising(milp: Milp, found: Relaxation, dear_at: float = DEAR) -> Ints:
    """Return ``(cols,)`` upper bounds that leave out columns which the relaxation finds dear.

    A rule of thumb, not a law: the cheapest solution may use what is left out here.

    Parameters
    ----------
    dear_at
        Reduced cost, as a share of the relaxation's cost, above which a column is dear.
    """
    unused = found.values <= milp.lower + 1e-9
    dear = unused & (found.reduced > dear_at * max(1.0, abs(found.bound)))
    return np.where(dear, milp.lower, milp.upper).astype(np.int64)
