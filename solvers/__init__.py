"""Backends that answer a programme, by name; greedy baselines that answer a problem."""

from placement.errors import InputError, Issue, nearest
from placement.solver import Solver

__all__ = ["BACKENDS", "backend"]

BACKENDS = ("highs", "cp-sat", "scip")


def backend(name: str) -> Solver:
    """Return the backend of a name.

    Raises
    ------
    InputError
        When there is no such backend.
    """
    if name == "highs":
        from placement.solvers.highs import Highs  # noqa: PLC0415 # loads when chosen

        return Highs()
    if name in BACKENDS:
        from placement.solvers.mathopt import MathOpt  # noqa: PLC0415 # loads when chosen

        return MathOpt(name)
    rule = f"must be one of {', '.join(BACKENDS)}{nearest(name, BACKENDS)}"
    raise InputError([Issue(path="solver", rule=rule, value=repr(name))])
