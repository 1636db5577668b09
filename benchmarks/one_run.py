"""One method on one generated fleet, in a process that others watch: what it does, line by line.

Prints JSON, one object a line: ``stage``, ``seconds`` and ``peak`` (MiB so far) as stages end;
``at``, ``seconds``, ``best`` and ``bound`` while a strategy searches; and in the end ``result``, or
``refused`` with the words of a strategy that cannot take the fleet's rules. Before the clock runs
it plans a fleet of two workloads: what has to be imported for that is in no stage of the plan.
"""

import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, wait
from contextlib import contextmanager
from importlib import import_module
from multiprocessing import get_context
from typing import TypeAlias

from clocks import Clocks
from comparison import left_out
from fleet_draft import Json
from fleets import FleetSize, document, size_of, with_rules
from resident import peak
from traced import Tracing

from placement import InputError, Plan, Problem, Progress, place, verify
from placement.solvers.greedy import BASELINES

__all__ = ["DRAWN", "STRATEGIES", "run", "warm_up"]

DRAWN = "drawn"
"""The name of a run that ends when the fleet is a problem."""

STRATEGIES = ("exact", "decomposition", "auto")
"""Strategies by name; the greedy one is the better of two baselines."""

SMALLEST = FleetSize(workloads=2, clusters=2, types=4, regions=2)
Tell: TypeAlias = Callable[[Progress], None]
WORKERS = "placement.solvers.decomposition.workers"


def run(task: Json) -> None:
    """Draw the fleet, run the method, judge its plan; tell all of it."""
    clocks, name = Clocks(ended=_ended), task["name"]
    with clocks.stage("draw"):
        drawn = document(size_of(task["size"]), task["kind"], task["seed"], task["tightness"])
    with clocks.stage("parse"):
        problem = Problem.model_validate(drawn)
    del drawn
    with clocks.stage("rules"):
        problem = with_rules(problem, task["kind"], task["seed"])
    if name == DRAWN:
        _say(result={"ended": f"{len(problem.workloads)} workloads"})
        return
    with _executor(task.get("executor_workers", 0)) as executor:
        with clocks.stage("warm up"):
            warm_up(name)
        try:
            plan, seconds = _timed(problem, task, clocks, executor)
        except InputError as error:
            _say(refused="; ".join(issue.rule for issue in error.issues))
            return
    with clocks.stage("verify"):
        broken = Counter(violation.rule for violation in verify(problem, plan))
    _say(result={**_figures(problem, plan, proven=name in STRATEGIES), "seconds": seconds})
    if broken:
        _say(broken=dict(sorted(broken.items())))


def _timed(
    problem: Problem, task: Json, clocks: Clocks, executor: Executor | None
) -> tuple[Plan, float]:
    """Return a plan and how long it took, from the problem in memory to the verified plan."""
    tracing = Tracing(_say)

    def tell(progress: Progress) -> None:
        clocks.turn(progress.stage)
        tracing.tell(progress)

    begun = time.perf_counter()
    if task["name"] not in STRATEGIES:
        with clocks.stage("place"):
            return _plan(problem, task), time.perf_counter() - begun
    with clocks.watching(), clocks.stage("before"):
        return _plan(problem, task, tell, executor), time.perf_counter() - begun


def warm_up(name: str) -> None:
    """Plan a small fleet, by every strategy where one is to be chosen."""
    small = Problem.model_validate(document(SMALLEST))
    for each in STRATEGIES[:-1] if name in STRATEGIES else (name,):
        _plan(small, {"name": each, "time_limit": 10.0, "gap": 0.0})


def _plan(
    problem: Problem, task: Json, tell: Tell | None = None, executor: Executor | None = None
) -> Plan:
    if task["name"] not in STRATEGIES:
        return BASELINES[task["name"]](problem)
    return place(
        problem,
        strategy=task["name"],
        time_limit=task["time_limit"],
        gap=task["gap"],
        progress=tell,
        executor=executor,
    )


@contextmanager
def _executor(workers: int) -> Iterator[Executor | None]:
    """Give an executor whose processes run already; none for no workers."""
    if not workers:
        yield None
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as executor:
        wait([executor.submit(_ready) for _ in range(workers)])
        yield executor


def _ready() -> None:
    import_module(WORKERS)
    time.sleep(0.1)  # so that no process takes two


def _figures(problem: Problem, plan: Plan, *, proven: bool) -> Json:
    return {
        "cost": plan.objective.total,
        "bound": plan.lower_bound if proven else None,
        "unplaced": plan.replicas_unplaced,
        "loads": sum(row.load is not None for row in plan.unplaced),
        "left_out": left_out(problem, plan),
        "status": plan.status,
        "strategy": plan.strategy,
        "ended": plan.ended_by,
    }


def _ended(stage: str, seconds: float) -> None:
    _say(stage=stage, seconds=seconds, peak=peak())


def _say(**line: object) -> None:
    print(json.dumps(line), flush=True)


def main() -> None:
    """Run the task that the last argument states as JSON."""
    run(json.loads(sys.argv[-1]))


if __name__ == "__main__":
    main()
