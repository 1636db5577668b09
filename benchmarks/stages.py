"""The stages between a YAML text and a plan, one by one, each from the result of the one before."""

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from generator import SIZES, Size, yaml_text

from placement import Plan, Problem, place
from placement.adapters.problems import read_problem
from placement.candidates import Candidates, find_candidates
from placement.formulation import levels
from placement.formulation.build import Programme, build
from placement.formulation.milp import Ints, Milp
from placement.instance import Instance, make_instance
from placement.packer import Fill, Packer
from placement.plan_rows import read_assignments, read_nodes, read_pools
from placement.solver import Limits, Outcome
from placement.solvers import backend
from placement.solvers.greedy import BASELINES
from placement.verify import verify

__all__ = ["GAPS", "STAGES", "Case", "prepare"]

SEED = 0
SOLVER = "highs"
TIME_LIMIT = 60.0
"""Seconds, of the solve and of the whole."""

GAPS = {"10x5": 0.0, "50x20": 0.0, "200x50": 0.005}
"""Relative gap at which the money level may stop; 0 asks for the proof."""


@dataclass
class Case:
    """One size, and every stage's result, made when it is first needed."""

    name: str
    seed: int = SEED

    @property
    def size(self) -> Size:
        """Return the size."""
        return SIZES[self.name]

    @property
    def limits(self) -> Limits:
        """Return when the money level stops."""
        return Limits(seconds=TIME_LIMIT, relative_gap=GAPS[self.name], seed=self.seed)

    @cached_property
    def path(self) -> Path:
        """Return a file that holds the problem as YAML."""
        folder = Path(tempfile.mkdtemp(prefix="placement-"))
        path = folder / f"{self.name}.yaml"
        path.write_text(yaml_text(self.size, self.seed), encoding="utf-8")
        return path

    @cached_property
    def problem(self) -> Problem:
        """Return the problem."""
        return self.parse()

    @cached_property
    def candidates(self) -> Candidates:
        """Return the possible pairs."""
        return self.find()

    @cached_property
    def instance(self) -> Instance:
        """Return the index arrays."""
        return make_instance(self.problem, self.candidates)

    @cached_property
    def programme(self) -> Programme:
        """Return the constraints."""
        return build(self.instance)

    @cached_property
    def money(self) -> Milp:
        """Return the money level, which holds as many replicas placed as a whole run places."""
        layout, left = self.programme.layout, self._left_out()
        held = [
            level.rows(most)
            for level, most in zip(levels.by_priority(self.instance, layout), left, strict=True)
        ]
        return self.programme.milp(levels.money(self.instance, layout).cost(), held)

    def _left_out(self) -> list[int]:
        """Return how many replicas of each priority have to be left out, the highest first."""
        priority = {workload.key: workload.priority for workload in self.problem.workloads}
        left = dict.fromkeys(priority.values(), 0)
        greedy = BASELINES["cheapest"](self.problem, self.candidates)
        # Where a greedy rule places all, so does the optimum; else only a whole run knows.
        for row in self.plan.unplaced if greedy.unplaced else ():
            left[priority[row.workload]] += row.replicas
        return [left[one] for one in sorted(left, reverse=True)]

    @cached_property
    def outcome(self) -> Outcome:
        """Return the backend's answer to the money level."""
        return self.solve()

    @cached_property
    def values(self) -> tuple[Ints, Ints]:
        """Return replicas by candidate, and nodes by supply, of that answer."""
        if self.outcome.values is None:
            raise RuntimeError(f"{SOLVER} found nothing within {TIME_LIMIT:g} s at {self.name}")
        layout = self.programme.layout
        return self.outcome.values[layout.x], self.outcome.values[layout.n]

    @cached_property
    def fills(self) -> tuple[Fill, ...]:
        """Return that answer, packed."""
        return tuple(self.pack())

    @cached_property
    def plan(self) -> Plan:
        """Return the plan of a whole run."""
        return self.run()

    def parse(self) -> Problem:
        """Read the YAML text: documents, their translation, and validation."""
        return read_problem([self.path]).problem

    def find(self) -> Candidates:
        """Find which workload may run where; GPU memory is sized here."""
        return find_candidates(self.problem)

    def arrays(self) -> Milp:
        """Make the index arrays and the programme of the money level from the candidates."""
        instance = make_instance(self.problem, self.candidates)
        programme = build(instance)
        return programme.milp(levels.money(instance, programme.layout).cost())

    def hand_over(self) -> Outcome:
        """Pass the programme to the backend, which has no time left to solve it."""
        return backend(SOLVER).solve(self.money, Limits(seconds=0.0))

    def solve(self) -> Outcome:
        """Solve the money level from nothing, the hand-over included."""
        return backend(SOLVER).solve(self.money, self.limits)

    def pack(self) -> list[Fill]:
        """Pack the answer's replicas on nodes; nothing is remembered from before."""
        return Packer(self.instance).fills(*self.values)

    def read(self) -> int:
        """Read the packed answer back as the rows of a plan; return how many there are."""
        nodes = read_nodes(self.instance, self.values[1], self.fills)
        rows = read_assignments(self.instance, self.values[0])
        return len(rows) + len(nodes) + len(read_pools(self.instance.problem, nodes))

    def verify(self) -> int:
        """Judge the plan of a whole run; return the number of broken rules."""
        return len(verify(self.problem, self.plan))

    def run(self) -> Plan:
        """Place: every stage and every level, from problem to verified plan."""
        return place(self.problem, solver=SOLVER, time_limit=TIME_LIMIT, gap=GAPS[self.name])


STAGES: Mapping[str, Callable[[Case], Any]] = {
    "parse": Case.parse,
    "candidates": Case.find,
    "arrays": Case.arrays,
    "hand-over": Case.hand_over,
    "solve": Case.solve,
    "pack": Case.pack,
    "read": Case.read,
    "verify": Case.verify,
    "place": Case.run,
}
"""The stages in order. ``solve`` includes ``hand-over``; ``place`` is all but ``parse``."""

NEEDS: Mapping[str, tuple[str, ...]] = {
    "parse": ("path",),
    "candidates": ("problem",),
    "arrays": ("candidates",),
    "hand-over": ("money",),
    "solve": ("money",),
    "pack": ("instance", "values"),
    "read": ("instance", "fills"),
    "verify": ("problem", "plan"),
    "place": ("problem",),
}
"""What has to be there before a stage is timed."""


def prepare(case: Case, stage: str) -> None:
    """Make what a stage starts from."""
    for name in NEEDS[stage]:
        getattr(case, name)
