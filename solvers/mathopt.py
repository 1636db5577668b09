"""CP-SAT and SCIP through OR-Tools MathOpt: arrays in bulk, limits that each one honours."""

import datetime as dt
import time
from dataclasses import dataclass, replace

import numpy as np
from ortools.math_opt import model_pb2, sparse_containers_pb2
from ortools.math_opt.python import mathopt

from placement.errors import SolverError
from placement.formulation.milp import Ints, Milp
from placement.solver import Limits, Outcome, Status, Watch, without_columns

__all__ = ["MathOpt"]

CP_SAT_WORK = 0.05  # of CP-SAT's deterministic seconds, for one node of another solver's tree
NEARLY = 0.95  # share of the time limit from which an unnamed limit is taken to be the time

_ENGINES = {
    "cp-sat": mathopt.SolverType.CP_SAT,
    "scip": mathopt.SolverType.GSCIP,
}
_CLAIMS = {
    mathopt.TerminationReason.OPTIMAL: Status.OPTIMAL,
    mathopt.TerminationReason.FEASIBLE: Status.FEASIBLE,
    mathopt.TerminationReason.INFEASIBLE: Status.INFEASIBLE,
}


@dataclass(frozen=True, slots=True)
class MathOpt:
    """A Solver backed by an engine that MathOpt can call.

    Parameters
    ----------
    name
        ``cp-sat`` or ``scip``.
    """

    name: str = "cp-sat"

    def solve(
        self, milp: Milp, limits: Limits, *, start: Ints | None = None, watch: Watch | None = None
    ) -> Outcome:
        """Solve; see placement.solver.Solver."""
        begun = time.perf_counter()
        if not milp.cost.size:
            return without_columns(milp)
        try:
            model = mathopt.Model.from_model_proto(_proto(milp))
            left = max(0.001, limits.seconds - (time.perf_counter() - begun))
            result = _solve(self.name, model, _parameters(self.name, limits, left), start, watch)
        except Exception as error:  # MathOpt leaks AttributeError and StatusNotOk from its bindings
            raise SolverError(f"{self.name} failed: {error.__context__ or error}") from error
        outcome = _outcome(result, model, time.perf_counter() - begun)
        if outcome.limit == "other":  # CP-SAT does not say which limit it was
            late = outcome.seconds >= NEARLY * limits.seconds
            return replace(outcome, limit="time" if late or limits.work is None else "work")
        return outcome


def _solve(
    name: str,
    model: mathopt.Model,
    params: mathopt.SolveParameters,
    start: Ints | None,
    watch: Watch | None,
) -> mathopt.SolveResult:
    """Solve, watched where the engine lets itself be watched.

    CP-SAT calls back with its bounds. SCIP, once it has a callback or an interrupter, writes errors
    of its own to the terminal (OR-Tools 9.15): it is asked to stop only between levels.
    """
    engine, hint = _ENGINES[name], _hint(model, start)
    if watch is None or name != "cp-sat":
        return mathopt.solve(model, engine, params=params, model_params=hint)

    def report(data: mathopt.CallbackData) -> mathopt.CallbackResult:
        stats = data.mip_stats
        stop = watch(float(stats.primal_bound), float(stats.dual_bound))
        return mathopt.CallbackResult(terminate=stop)

    events = mathopt.CallbackRegistration(events={mathopt.Event.MIP})
    return mathopt.solve(
        model, engine, params=params, model_params=hint, callback_reg=events, cb=report
    )


def _parameters(name: str, limits: Limits, seconds: float) -> mathopt.SolveParameters:
    parameters = mathopt.SolveParameters(
        time_limit=dt.timedelta(seconds=seconds),
        relative_gap_tolerance=limits.relative_gap,
        absolute_gap_tolerance=limits.absolute_gap,
        threads=limits.threads,
        random_seed=limits.seed,
    )
    if limits.work is not None and name == "scip":
        parameters.node_limit = limits.work
    if limits.work is not None and name == "cp-sat":  # it has no nodes, but a clock of its own work
        parameters.cp_sat.max_deterministic_time = limits.work * CP_SAT_WORK
    return parameters


def _hint(model: mathopt.Model, start: Ints | None) -> mathopt.ModelSolveParameters:
    if start is None:
        return mathopt.ModelSolveParameters()
    columns = list(model.variables())[: start.size]
    values = dict(zip(columns, start.astype(float).tolist(), strict=True))
    return mathopt.ModelSolveParameters(
        solution_hints=[mathopt.SolutionHint(variable_values=values)]
    )


def _outcome(result: mathopt.SolveResult, model: mathopt.Model, seconds: float) -> Outcome:
    values = None
    if result.has_primal_feasible_solution():
        columns = list(model.variables())
        values = np.rint(np.array(result.variable_values(columns))).astype(np.int64)
    termination = result.termination
    status = _CLAIMS.get(termination.reason, Status.UNKNOWN)
    limit = "" if status in {Status.OPTIMAL, Status.INFEASIBLE} else "other"
    if limit and termination.limit == mathopt.Limit.TIME:
        limit = "time"
    if limit and termination.limit == mathopt.Limit.NODE:
        limit = "work"
    if limit and termination.limit == mathopt.Limit.INTERRUPTED:
        limit = "cancelled"
    bound = float(termination.objective_bounds.dual_bound)
    if status is not Status.INFEASIBLE and bound == float("inf"):
        bound = float("-inf")  # SCIP's word for a bound that it has not found yet
    return Outcome(
        status=status,
        values=values,
        bound=bound,
        seconds=seconds,
        limit=limit,
    )


def _proto(milp: Milp) -> model_pb2.ModelProto:
    """Return the programme as MathOpt's message, filled array by array."""
    row, col, coef, lower, upper = milp.matrix()
    order = np.lexsort((col, row))
    cols = milp.cost.size
    priced = np.flatnonzero(milp.cost)
    return model_pb2.ModelProto(
        variables=model_pb2.VariablesProto(
            ids=range(cols),
            lower_bounds=milp.lower,
            upper_bounds=milp.upper,
            integers=[True] * cols,
        ),
        objective=model_pb2.ObjectiveProto(
            offset=milp.offset,
            linear_coefficients=sparse_containers_pb2.SparseDoubleVectorProto(
                ids=priced, values=milp.cost[priced]
            ),
        ),
        linear_constraints=model_pb2.LinearConstraintsProto(
            ids=range(lower.size), lower_bounds=lower, upper_bounds=upper
        ),
        linear_constraint_matrix=sparse_containers_pb2.SparseDoubleMatrixProto(
            row_ids=row[order], column_ids=col[order], coefficients=coef[order]
        ),
    )
