"""HiGHS through highspy: arrays in, warm starts, progress and stopping."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import highspy
import numpy as np

from placement.errors import SolverError
from placement.formulation.milp import Ints, Milp
from placement.solver import (
    Limits,
    Outcome,
    Status,
    Watch,
    without_columns,
)

__all__ = ["Highs", "Quiet", "accepted", "configure", "model_of"]

_CLAIMS = {
    highspy.HighsModelStatus.kOptimal: (Status.OPTIMAL, ""),
    highspy.HighsModelStatus.kModelEmpty: (Status.OPTIMAL, ""),
    highspy.HighsModelStatus.kInfeasible: (Status.INFEASIBLE, ""),
    highspy.HighsModelStatus.kTimeLimit: (Status.UNKNOWN, "time"),
    highspy.HighsModelStatus.kSolutionLimit: (Status.UNKNOWN, "work"),
    highspy.HighsModelStatus.kInterrupt: (Status.UNKNOWN, "cancelled"),
}


class Quiet(highspy.Highs):  # type: ignore[misc] # highspy is not typed
    """HiGHS that prints nothing: its banner would come before the options can forbid it."""

    def enableCallbacks(self) -> None:  # highspy's name
        """Forbid output, then do what HiGHS does."""
        self.setOptionValue("output_flag", False)
        super().enableCallbacks()


@dataclass(frozen=True, slots=True)
class Highs:
    """The default Solver.

    Parameters
    ----------
    found
        Hears of every better solution, ``(cols,)``, while the search goes on.
    """

    name: str = "highs"
    found: Callable[[Ints], None] | None = None

    def solve(
        self, milp: Milp, limits: Limits, *, start: Ints | None = None, watch: Watch | None = None
    ) -> Outcome:
        """Solve; see placement.solver.Solver."""
        begun = time.perf_counter()
        if not milp.cost.size:
            return without_columns(milp)
        try:
            engine = self._run(milp, limits, begun, start, watch)
            if start is not None and not _consistent(engine, milp):
                engine = self._run(milp, limits, begun, None, watch)
            return _outcome(engine, time.perf_counter() - begun)
        except SolverError:
            raise
        except Exception as error:  # highspy raises errors of its own and of Python's
            raise SolverError(f"highs failed: {error}") from error

    def _run(
        self, milp: Milp, limits: Limits, begun: float, start: Ints | None, watch: Watch | None
    ) -> highspy.Highs:
        engine = Quiet()
        configure(engine, limits)
        accepted(engine.passModel(model_of(milp)))
        if start is not None:
            _warm(engine, start)
        if watch is not None:
            _observe(engine, watch)
        if self.found is not None:
            _report(engine, self.found)
        left = max(0.0, limits.seconds - (time.perf_counter() - begun))
        engine.setOptionValue("time_limit", left)
        accepted(engine.run())
        return engine


def _consistent(engine: highspy.Highs, milp: Milp) -> bool:
    """Return whether the solution has the objective that is claimed for it.

    HiGHS 1.16 can hand out the starting solution with the objective of a better one, where
    presolve alone solves the programme.
    """
    info = engine.getInfo()
    if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return True
    solved = np.asarray(engine.getSolution().col_value, dtype=np.float64)
    claimed = float(info.objective_function_value)
    return abs(float(milp.cost @ solved) + milp.offset - claimed) <= 1e-6 * max(1.0, abs(claimed))


def accepted(status: highspy.HighsStatus) -> None:
    """Raise SolverError where HiGHS refuses what it was given."""
    if status == highspy.HighsStatus.kError:
        raise SolverError("highs refused the programme")


def configure(engine: highspy.Highs, limits: Limits) -> None:
    """Hand the limits over, but for the time."""
    for option, value in (
        ("threads", limits.threads),
        ("random_seed", limits.seed),
        ("mip_rel_gap", limits.relative_gap),
        ("mip_abs_gap", limits.absolute_gap),
        # Its sub-programme at the root ignores gap and time: 57 of 61 s at 200 x 50 (HiGHS 1.16).
        ("mip_heuristic_run_root_reduced_cost", False),
    ):
        engine.setOptionValue(option, value)
    if limits.work is not None:
        engine.setOptionValue("mip_max_nodes", limits.work)


def model_of(milp: Milp) -> highspy.HighsLp:
    """Return a programme as HiGHS takes it."""
    row, col, coef, lower, upper = milp.matrix()
    model = highspy.HighsLp()
    cols = milp.cost.size
    model.num_col_, model.num_row_ = cols, lower.size
    model.col_cost_, model.col_lower_, model.col_upper_ = milp.cost, milp.lower, milp.upper
    model.offset_ = milp.offset
    model.row_lower_, model.row_upper_ = lower, upper
    order = np.lexsort((row, col))
    counts = np.bincount(col, minlength=cols)
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_ = np.concatenate(([0], np.cumsum(counts))).astype(np.int32)
    model.a_matrix_.index_ = row[order].astype(np.int32)
    model.a_matrix_.value_ = coef[order]
    model.integrality_ = [highspy.HighsVarType.kInteger] * cols
    return model


def _warm(engine: highspy.Highs, start: Ints) -> None:
    """Start from values of the first columns; HiGHS completes the others."""
    number = np.arange(start.size, dtype=np.int32)
    engine.setSolution(start.size, number, start.astype(np.float64))


def _observe(engine: highspy.Highs, watch: Watch) -> None:
    """Report best cost and bound to ``watch``, and stop when it says so."""

    def report(event: highspy.HighsCallbackEvent) -> None:
        out = event.data_out
        if watch(float(out.mip_primal_bound), float(out.mip_dual_bound)):
            event.interrupt()

    engine.cbMipInterrupt.subscribe(report)


def _report(engine: highspy.Highs, found: Callable[[Ints], None]) -> None:
    """Report every better solution to ``found``."""

    def report(event: highspy.HighsCallbackEvent) -> None:
        found(np.rint(np.asarray(event.data_out.mip_solution)).astype(np.int64))

    engine.cbMipImprovingSolution.subscribe(report)


def _outcome(engine: highspy.Highs, seconds: float) -> Outcome:
    status, limit = _CLAIMS.get(engine.getModelStatus(), (Status.UNKNOWN, "other"))
    info = engine.getInfo()
    values = None
    if info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible:
        solved = np.asarray(engine.getSolution().col_value, dtype=np.float64)
        values = np.rint(solved).astype(np.int64)
        status = Status.FEASIBLE if status is Status.UNKNOWN else status
    bound = float(info.mip_dual_bound) if status is not Status.INFEASIBLE else float("inf")
    return Outcome(status=status, values=values, bound=bound, seconds=seconds, limit=limit)
