"""The front door: a problem in, a verified plan out."""

import time
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass

from placement.answer import Tell
from placement.errors import InputError, Issue, SolverError
from placement.exact import Exact
from placement.fallbacks import fallbacks
from placement.instance import Instance, make_instance
from placement.loads import share_weights
from placement.plan import Plan
from placement.problem import Problem
from placement.reading import read_plan
from placement.saving import keeps, without_moves
from placement.solver import Limits, Relaxer, Solver
from placement.starting import Start, best_of, nothing
from placement.strategies import STRATEGIES, chosen_strategy, unknown_strategy
from placement.verify import verify

__all__ = ["Progress", "check_arguments", "default_backend", "default_relaxer", "place"]

SMALL = 500  # candidates up to which no greedy plan is needed to start from
STARTS = ("cheapest", "ffd")  # the greedy rules whose better plan a search starts from
SECOND = 0.2  # of the time, for plan B of every offering, where a confidence is asked for
SPLIT = 0.6  # of the time for the re-plan, where one without moves is to be held against it
RESERVE = 0.4  # of the time that candidates and start took, kept for reading and judging the plan
LARGE_RESERVE = 0.9  # the same of large fleets, where these are most of what is left to do
STAGES = ("relaxation", "rounding", "improvement", "proof")  # of a decomposition; all of money
NOT_ASKED = "objective.min_saving does not count where something is left out"
NOT_SEARCHED = "the search ended before it found a plan; this is the best of the greedy rules"


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a search is.

    Parameters
    ----------
    stage
        The level being solved: ``placed``, ``money``, ``moves``, ``nodes``, ``clusters``,
        ``replicas`` or ``names``; or ``start``, money with a price on what is left out. Of a
        decomposition: ``placed``, while replicas are left out, or ``relaxation``, ``rounding``,
        ``improvement`` and ``proof``, all of money.
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
    strategy: str = "auto",
    executor: Executor | None = None,
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
    strategy
        ``exact``, ``decomposition`` or ``greedy``; ``auto`` chooses from size and rules.
    executor
        Solves independent parts of a decomposition; the plan is the same with any, and without.

    Raises
    ------
    InputError
        When an argument is out of range or names no solver.
    SolverError
        When a backend broke before there was any plan.
    """
    begun = time.perf_counter()
    check_arguments(time_limit, gap, seed, strategy)
    call = _Call(
        solver=default_backend(solver),
        gap=gap,
        seed=seed,
        progress=progress,
        cancel=cancel,
        begun=begun,
        strategy=strategy,
        executor=executor,
    )
    saves = problem.objective.min_saving > 0 and any(w.current for w in problem.workloads)
    second = problem.objective.confidence is not None
    limit = time_limit * (1 - SECOND if second else 1.0)
    plan = call.solve(problem, limit * (SPLIT if saves else 1.0))
    if saves and plan.moves and plan.unplaced:
        plan = plan.model_copy(update={"warnings": (*plan.warnings, NOT_ASKED)})
    elif saves and plan.moves:
        left = limit - (time.perf_counter() - begun)
        plan = call.kept(problem, plan, max(left, 0.01))
    if second and plan.status != "infeasible":
        left = time_limit - (time.perf_counter() - begun)
        plan = plan.model_copy(update={"fallbacks": fallbacks(problem, plan, call.solve, left)})
    return plan.model_copy(update={"seconds": time.perf_counter() - begun})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Call:
    """What one call of :func:`place` asks for."""

    solver: Solver
    gap: float
    seed: int
    progress: Callable[[Progress], None] | None
    cancel: Callable[[], bool] | None
    begun: float
    strategy: str
    executor: Executor | None

    def solve(self, problem: Problem, seconds: float) -> Plan:
        """Return a verified plan."""
        begun = time.perf_counter()
        instance = make_instance(problem)
        chosen = chosen_strategy(instance, self.strategy)
        small = chosen == "exact" and instance.workload.size <= SMALL
        greedy = None if small else _greedy(problem, instance)
        spent = time.perf_counter() - begun
        kept = LARGE_RESERVE if chosen == "decomposition" else RESERVE
        left = max(0.0, seconds - (1 + kept) * spent)
        plan = None
        if chosen == "greedy":
            plan = None if greedy is None else greedy.plan()
        elif chosen == "decomposition":
            plan = self._decomposed(instance, greedy, left)
        if plan is None:
            plan = self._exact(problem, instance, greedy, left)
        if broken := verify(problem, plan):
            rules = "; ".join(f"{v.rule} at {v.where}: {v.message}" for v in broken[:3])
            raise SolverError(f"{plan.solver} gave a plan that the verifier rejects: {rules}")
        return plan

    def _decomposed(self, instance: Instance, greedy: Start | None, seconds: float) -> Plan | None:
        """Return the plan of the decomposition, None where it finds none."""
        from placement.solvers.decomposition import Decomposition

        answer = Decomposition(
            instance=instance,
            limits=Limits(seconds=seconds, relative_gap=self.gap, seed=self.seed),
            solver=self.solver,
            tell=self._tell(instance) if self.progress or self.cancel else None,
            executor=self.executor,
        ).run(greedy)
        return None if answer is None else read_plan(instance, answer, "highs", "decomposition")

    def _exact(
        self, problem: Problem, instance: Instance, greedy: Start | None, seconds: float
    ) -> Plan:
        search = Exact(
            instance=instance,
            solver=self.solver,
            limits=Limits(seconds=seconds, relative_gap=self.gap, seed=self.seed),
            tell=self._tell(instance) if self.progress or self.cancel else None,
            relaxer=default_relaxer(),
        )
        if greedy is None:
            answer = search.run(nothing(instance))
        else:
            answer = search.run((greedy.x, greedy.n), greedy.fills)
        plan = read_plan(instance, answer, self.solver.name)
        if answer.values is None and answer.ended_by != "infeasible":
            return _fallback(problem, instance, greedy, plan)
        return plan

    def kept(self, problem: Problem, plan: Plan, seconds: float) -> Plan:
        """Return the plan that moves nothing, where a re-plan saves too little, else the plan."""
        try:
            stays = self.solve(without_moves(problem), seconds)
        except SolverError as error:
            said = f"objective.min_saving was not judged: {error}"
            return plan.model_copy(update={"warnings": (*plan.warnings, said)})
        return keeps(problem, plan, stays) or plan

    def _tell(self, instance: Instance) -> Tell:
        """Return what passes progress on, in the units of people, and asks whether to stop."""
        unit = float(instance.unit)
        units = dict.fromkeys(("start", "money", *STAGES), unit)
        units["placed"] = 1 / share_weights(instance.loads)[0]

        def tell(stage: str, best: float, bound: float) -> bool:
            if self.progress is not None:
                scale = units.get(stage, 1.0)
                elapsed = time.perf_counter() - self.begun
                self.progress(
                    Progress(stage=stage, seconds=elapsed, best=best * scale, bound=bound * scale)
                )
            return self.cancel is not None and self.cancel()

        return tell


def default_relaxer() -> Relaxer:
    """Return what solves relaxations."""
    from placement.solvers.highs_relaxer import HighsRelaxer

    return HighsRelaxer()


def _greedy(problem: Problem, instance: Instance) -> Start | None:
    """Return where the best greedy rule leads, or None where none of the rules finds a plan."""
    from placement.solvers.greedy.run import carry_out
    from placement.solvers.greedy.starts import order_of, start_at

    runs = [carry_out(name, instance.candidates, instance.caps) for name in STARTS]
    runs = [run for run in runs if not run.short]
    if instance.has_rules:  # which the greedy rules know nothing of: only a plan can be judged
        plans = [run.plan() for run in runs]
        plan = best_of(problem, [plan for plan in plans if not verify(problem, plan)])
        return None if plan is None else Start.of(instance, plan)
    best = min(runs, key=lambda run: order_of(run, instance), default=None)
    return None if best is None else start_at(best, instance)


def _fallback(problem: Problem, instance: Instance, greedy: Start | None, ended: Plan) -> Plan:
    """Return the greedy plan in place of a search that ended before it found one."""
    found = greedy or _greedy(problem, instance)
    if found is None:
        raise SolverError(
            f"{ended.solver} found no plan before it ended ({ended.ended_by}), and no greedy rule "
            "meets the node pools' minima; give it more time"
        )
    return found.plan().model_copy(
        update={"ended_by": ended.ended_by, "warnings": (*ended.warnings, NOT_SEARCHED)}
    )


def check_arguments(time_limit: float, gap: float, seed: int, strategy: str) -> None:
    """Raise InputError with every argument that is out of range."""
    issues = [] if strategy in STRATEGIES else [unknown_strategy(strategy)]
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


def default_backend(solver: str | Solver = "highs") -> Solver:
    """Return a backend by name, in a process that can be stopped."""
    if not isinstance(solver, str):
        return solver
    from placement.solvers import backend
    from placement.solvers.apart import Apart

    return Apart(backend(solver))
