"""One method on one generated fleet, in a process that others watch: what it does, line by line.

Prints JSON, one object a line: ``stage``, ``seconds`` and ``peak`` (MiB so far) as each stage ends;
``at``, ``best`` and ``bound`` now and then while a strategy searches; and ``result`` in the end.
"""

import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeAlias

from comparison import left_out
from fleet_draft import Json
from fleets import document, size_of, with_rules
from resident import peak

from placement import Plan, Problem, Progress, place, verify
from placement.solvers.greedy import BASELINES

__all__ = ["DRAWN", "STRATEGIES", "run"]

DRAWN = "drawn"
"""The name of a run that ends when the fleet is a problem."""

EVERY = 0.5  # seconds between two lines of progress

Strategy: TypeAlias = Callable[[Problem, float, float, Callable[[Progress], None]], Plan]
"""From problem, seconds, relative gap, and who is told of progress, to a plan."""


def _exact(problem: Problem, seconds: float, gap: float, tell: Callable[[Progress], None]) -> Plan:
    return place(problem, time_limit=seconds, gap=gap, progress=tell)


STRATEGIES: Mapping[str, Strategy] = {"exact": _exact}
"""Strategies by name."""


@dataclass
class Stages:
    """Tells when a stage ends, and how a search goes on; its stages follow one another."""

    begun: float = field(default_factory=time.perf_counter)
    told: float = 0.0
    name: str = "before"

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time a stage."""
        self.begun = time.perf_counter()
        yield
        self.end(name)

    def end(self, name: str) -> None:
        """Tell that a stage is over, and begin the next one."""
        now = time.perf_counter()
        _say(stage=name, seconds=now - self.begun, peak=peak())
        self.begun = now

    def tell(self, progress: Progress) -> None:
        """Pass on what a search tells, and end its last stage where it has begun another."""
        if progress.stage != self.name:
            self.end(self.name)
            self.name = progress.stage
        if progress.seconds - self.told >= EVERY:
            self.told = progress.seconds
            _say(at=progress.stage, best=progress.best, bound=progress.bound)


def run(task: Json) -> None:
    """Draw the fleet, run the method, judge its plan; tell all of it."""
    stages, name = Stages(), task["name"]
    with stages.stage("draw"):
        drawn = document(size_of(task["size"]), task["kind"], task["seed"], task["tightness"])
    with stages.stage("parse"):
        problem = Problem.model_validate(drawn)
    del drawn
    with stages.stage("rules"):
        problem = with_rules(problem, task["kind"], task["seed"])
    if name == DRAWN:
        _say(result={"ended": f"{len(problem.workloads)} workloads"})
        return
    begun = time.perf_counter()
    if name in STRATEGIES:
        plan = STRATEGIES[name](problem, task["time_limit"], task["gap"], stages.tell)
        stages.end(stages.name)
    else:
        with stages.stage("place"):
            plan = BASELINES[name](problem)
    seconds = time.perf_counter() - begun
    with stages.stage("verify"):
        broken = Counter(violation.rule for violation in verify(problem, plan))
    _say(result={**_figures(problem, plan, proven=name in STRATEGIES), "seconds": seconds})
    if broken:
        _say(broken=dict(sorted(broken.items())))


def _figures(problem: Problem, plan: Plan, *, proven: bool) -> Json:
    return {
        "cost": plan.objective.total,
        "bound": plan.lower_bound if proven else None,
        "unplaced": plan.replicas_unplaced,
        "loads": sum(row.load is not None for row in plan.unplaced),
        "left_out": left_out(problem, plan),
        "ended": plan.ended_by,
    }


def _say(**line: object) -> None:
    print(json.dumps(line), flush=True)


def main() -> None:
    """Run the task that the last argument states as JSON."""
    run(json.loads(sys.argv[-1]))


if __name__ == "__main__":
    main()
