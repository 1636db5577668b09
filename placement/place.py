"""The front door: a problem in, a verified plan out."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from placement.errors import InputError, Issue, SolverError
from placement.exact import Answer, Exact
from placement.formulation.layout import Layout
from placement.formulation.milp import Ints
from placement.instance import Instance, make_instance
from placement.plan import Objective, Plan, Unplaced
from placement.problem import Problem
from placement.reading import read_assignments, read_nodes, read_pools, total_cost
from placement.reasons import reasons_for
from placement.solver import Limits, Solver
from placement.verify import verify

__all__ = ["Progress", "place"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a search is.

    Parameters
    ----------
    stage
        The level being solved: ``placed``, ``money``, ``nodes``, ``clusters`` or ``names``.
    seconds
        Since the search began.
    best, bound
        Best value and bound of the level: replicas left out, money per hour, or a count.
    """

    stage: str
    seconds: float
    best: float
    bound: float

    @property
    def gap(self) -> float:
        """Return (best - bound) / best, 0 where best is 0."""
        return (self.best - self.bound) / abs(self.best) if self.best else 0.0


def place(
    problem: Problem,
    *,
    solver: str | Solver = "highs",
    time_limit: float = 60.0,
    gap: float = 0.0,
    seed: int = 0,
    progress: Callable[[Progress], None] | None = None,
    cancel: Callable[[], bool] | None = None,
) -> Plan:
    """Return the cheapest placement of a problem, proven as far as the limits allow.

    Parameters
    ----------
    solver
        ``highs``, ``cp-sat``, ``scip``, or any object with the Solver protocol.
    time_limit
        Seconds, all stages included; the best plan so far is returned when they are over.
    gap
        Relative distance of cost and bound at which the search for a cheaper plan stops.
    seed
        Of the solver's random choices.
    progress
        Called on every sign of progress.
    cancel
        Asked now and then, from this thread; the search stops once it returns True.

    Raises
    ------
    InputError
        When an argument is out of range or names no solver.
    SolverError
        When a backend broke before there was any plan.
    """
    begun = time.perf_counter()
    _check(time_limit, gap, seed)
    backend = _backend(solver)
    instance = make_instance(problem)

    def tell(stage: str, best: float, bound: float) -> bool:
        if progress is not None:
            unit = float(instance.unit) if stage == "money" else 1.0
            elapsed = time.perf_counter() - begun
            progress(Progress(stage=stage, seconds=elapsed, best=best * unit, bound=bound * unit))
        return cancel is not None and cancel()

    limits = Limits(
        seconds=max(0.0, time_limit - (time.perf_counter() - begun)), relative_gap=gap, seed=seed
    )
    watched = tell if progress is not None or cancel is not None else None
    answer = Exact(instance, backend, limits, watched).run(_start(problem, instance))
    plan = _plan(instance, answer, backend.name)
    plan = plan.model_copy(update={"seconds": time.perf_counter() - begun})
    if broken := verify(problem, plan):
        rules = "; ".join(f"{v.rule} at {v.where}: {v.message}" for v in broken[:3])
        raise SolverError(f"{backend.name} gave a plan that the verifier rejects: {rules}")
    return plan


def _check(time_limit: float, gap: float, seed: int) -> None:
    issues = []
    if not time_limit > 0:
        issues.append(
            Issue(path="time_limit", rule="must be above 0 seconds", value=str(time_limit))
        )
    if not 0 <= gap < 1:
        issues.append(Issue(path="gap", rule="must be at least 0 and below 1", value=str(gap)))
    if not 0 <= seed < 2**31:
        issues.append(Issue(path="seed", rule="must be from 0 to 2147483647", value=str(seed)))
    if issues:
        raise InputError(issues)


def _backend(solver: str | Solver) -> Solver:
    if not isinstance(solver, str):
        return solver
    from placement.solvers import backend

    return backend(solver)


def _start(problem: Problem, instance: Instance) -> tuple[Ints, Ints] | None:
    """Return a greedy plan as replicas and nodes to start from."""
    return None


def _plan(instance: Instance, answer: Answer, solver: str) -> Plan:
    warnings = instance.problem.warnings()
    if answer.values is None:
        return Plan(
            status="infeasible",
            currency=instance.problem.currency,
            solver=solver,
            strategy="exact",
            ended_by=answer.ended_by,
            node_pools=(),
            unplaced=_unplaced(instance, instance.replicas, None),
            warnings=warnings,
        )
    layout = Layout.of(instance)
    x, n, u = (answer.values[block] for block in (layout.x, layout.n, layout.u))
    nodes = read_nodes(instance, n, answer.fills)
    cost = float(total_cost(nodes))
    proven = all(r.proven for r in answer.levels if r.name in {"placed", "money"})
    bound = cost if proven else _bound(instance, answer, cost)
    return Plan(
        status="optimal" if proven else "feasible",
        currency=instance.problem.currency,
        cost_per_hour=cost,
        objective=Objective(nodes=cost, total=cost),
        lower_bound=bound,
        gap=(cost - bound) / cost if cost else 0.0,
        solver=solver,
        strategy="exact",
        ended_by=answer.ended_by,
        assignments=read_assignments(instance, x),
        nodes=nodes,
        node_pools=read_pools(instance, nodes),
        unplaced=_unplaced(instance, u, n),
        warnings=warnings,
    )


def _bound(instance: Instance, answer: Answer, cost: float) -> float:
    """Return the proven bound on money, given the replicas placed."""
    found = [result.bound for result in answer.levels if result.name == "money"]
    return min(cost, max(0.0, *(bound * float(instance.unit) for bound in found), 0.0))


def _unplaced(instance: Instance, left: Ints, n: Ints | None) -> tuple[Unplaced, ...]:
    rows = []
    for workload in np.flatnonzero(left).tolist():
        reasons = (
            ("the node pools' minima cannot be met, so there is no plan",)
            if n is None
            else reasons_for(instance, workload, n)
        )
        key = instance.problem.workloads[workload].key
        rows.append(Unplaced(workload=key, replicas=int(left[workload]), reasons=reasons))
    return tuple(sorted(rows, key=lambda row: row.workload))
