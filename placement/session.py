"""A problem and its last answer, which follows changes by what they touch."""

import time
from collections.abc import Iterable
from concurrent.futures import Executor
from dataclasses import replace
from typing import TYPE_CHECKING

from placement.errors import SolverError
from placement.plan import Plan
from placement.problem import Problem
from placement.session_changes import Change, DemandChange, WorkloadAdded
from placement.session_update import Update, compared
from placement.solver import Limits
from placement.verify import verify

if TYPE_CHECKING:
    from placement.instance import Instance
    from placement.solvers.decomposition.fleet import Fleet

__all__ = ["Session"]

KEEPING = 0.3  # of the time: for the plan that keeps what is not touched, where all is solved anew


class Session:
    """A problem that changes, and a plan that follows.

    A large problem without rules that tie replicas together is solved once; every change then
    places anew only what it touches, and all other rows and nodes stay as they are. Any other
    problem is solved anew after every change; what no change names stays where that costs nothing.

    Parameters
    ----------
    time_limit
        Seconds for the first plan, and for every one after changes.
    gap
        Relative distance of cost and bound at which the search for a cheaper plan stops.
    strategy
        ``auto``, ``exact`` or ``decomposition``, as :func:`placement.place` takes it.
    executor
        Solves independent parts of the first plan.

    Raises
    ------
    InputError
        When an argument is out of range, or the strategy cannot take a rule in use.
    SolverError
        When a backend broke before there was any plan.
    """

    def __init__(
        self,
        problem: Problem,
        *,
        time_limit: float = 60.0,
        gap: float = 0.0,
        seed: int = 0,
        strategy: str = "auto",
        executor: Executor | None = None,
    ) -> None:
        from placement.place import check_arguments

        check_arguments(time_limit, gap, seed, strategy)
        self._limits = Limits(seconds=time_limit, relative_gap=gap, seed=seed)
        self._strategy, self._executor = strategy, executor
        self._problem: Problem | None = problem
        self._plan: Plan | None = None
        self._fleet: Fleet | None = None
        self._ended_by, self._seconds = "work", 0.0
        begun = time.perf_counter()
        self._begin(problem)
        self._seconds = time.perf_counter() - begun

    @property
    def problem(self) -> Problem:
        """Return the problem as it is now."""
        if self._problem is None:
            assert self._fleet is not None
            self._problem = self._fleet.roster.problem()
        return self._problem

    @property
    def plan(self) -> Plan:
        """Return the plan as it is now, verified; made when it is first asked for.

        Raises
        ------
        SolverError
            When the verifier rejects it.
        """
        if self._plan is None:
            from placement.solvers.decomposition.fleet_plan import plan_of

            assert self._fleet is not None
            plan = plan_of(self._fleet, self._ended_by)
            self._plan = _verified(self.problem, plan.model_copy(update={"seconds": self._seconds}))
        return self._plan

    def apply(self, *changes: Change) -> Update:
        """Take changes over, all or none, and return what they did.

        Raises
        ------
        InputError
            When the problem has no such thing, or a value is out of range; nothing has changed.
        SolverError
            When a backend broke before there was any plan.
        """
        begun = time.perf_counter()
        if not changes:
            return compared(self.plan, self.plan)
        update = self._followed(changes) if self._fleet is not None else None
        if update is None:
            update = self._again(changes)
        self._seconds = time.perf_counter() - begun
        return replace(update, seconds=self._seconds)

    def _begin(self, problem: Problem) -> None:
        """Solve a problem from scratch."""
        instance = self._instance(problem)
        if instance is not None:
            from placement.place import default_backend
            from placement.solvers.decomposition.fleet import Fleet

            solver = default_backend()
            self._fleet = Fleet.solved(instance, self._limits, solver, self._executor)
        if self._fleet is None:
            self._plan = self._placed(problem)

    def _instance(self, problem: Problem) -> "Instance | None":
        """Return the instance to decompose, or None where all is to be solved at once."""
        from placement.solvers.decomposition.lasting import lasting_instance
        from placement.strategies import chosen_strategy

        instance = lasting_instance(problem)
        chosen = chosen_strategy(instance, self._strategy)
        plain = problem.objective.confidence is None
        found = chosen == "decomposition" and plain and instance.workload.size
        return instance if found else None

    def _placed(self, problem: Problem) -> Plan:
        from placement.place import place

        return place(
            problem,
            time_limit=self._limits.seconds,
            gap=self._limits.relative_gap,
            seed=self._limits.seed,
            strategy=self._strategy,
            executor=self._executor,
        )

    def _followed(self, changes: Iterable[Change]) -> Update | None:
        """Follow changes within the arrays; None where they cannot."""
        from placement.solvers.decomposition.intake import Structural

        assert self._fleet is not None
        try:
            found = self._fleet.follow(changes, self._limits.seconds)
        except Structural:
            return None
        self._problem = self._plan = None
        return found

    def _again(self, changes: Iterable[Change]) -> Update:
        """Solve the changed problem anew, from the plan before."""
        changes, before, problem = tuple(changes), self.plan, self.problem
        for change in changes:
            problem = change.applied(problem)
        instance, fleet = self._instance(problem), None
        if instance is not None:
            from placement.solvers.decomposition.fleet import Fleet

            fleet = Fleet.resumed(instance, before.nodes, self._limits)
            plan = None
        if fleet is None:
            plan = self._anew(problem, before, _named(changes))
        self._problem, self._plan, self._fleet = problem, plan, fleet
        return compared(before, self.plan)

    def _anew(self, problem: Problem, before: Plan, touched: set[str]) -> Plan:
        """Return the plan of a changed problem: one that keeps the rest where that is as good."""
        from placement.instance import make_instance
        from placement.place import default_backend, default_relaxer
        from placement.session_keeping import keeping, no_worse

        instance = make_instance(problem)
        limits = Limits(seconds=KEEPING * self._limits.seconds, seed=self._limits.seed)
        touched |= {row.workload for row in before.unplaced}
        kept = keeping(
            instance,
            before,
            touched,
            solver=default_backend(),
            limits=limits,
            relaxer=default_relaxer(),
        )
        best = self._placed(problem)
        if kept is None or not no_worse(instance, kept, best) or verify(problem, kept):
            return best
        shared = ("status", "lower_bound", "gap", "ended_by", "fallbacks", "levels")
        if problem.objective.confidence is not None or problem.objective.min_saving:
            return best
        bounds = {name: getattr(best, name) for name in shared}
        return _verified(problem, kept.model_copy(update=_bounded(kept, best, bounds)))


def _bounded(kept: Plan, best: Plan, bounds: dict[str, object]) -> dict[str, object]:
    """Return the fields of a plan that is as good as another one, of which more is proven."""
    levels = tuple(row for row in best.levels if row.level in {"placed", "money"})
    bound = min(kept.objective.total, best.lower_bound)
    total = kept.objective.total
    gap = (total - bound) / total if total else 0.0
    return {**bounds, "levels": levels, "lower_bound": bound, "gap": gap}


def _verified(problem: Problem, plan: Plan) -> Plan:
    if broken := verify(problem, plan):
        rules = "; ".join(f"{v.rule} at {v.where}: {v.message}" for v in broken[:3])
        raise SolverError(f"{plan.solver} gave a plan that the verifier rejects: {rules}")
    return plan


def _named(changes: Iterable[Change]) -> set[str]:
    """Return the workloads that changes name, as they name them."""
    found = set()
    for change in changes:
        if isinstance(change, DemandChange):
            found.add(change.workload)
        elif isinstance(change, WorkloadAdded):
            found.add(change.workload.key)
    return found
