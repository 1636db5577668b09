"""Same input, same bytes: run after run, across hash seeds, and whichever backend solves."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from placement import Plan, place
from tests.generate import random_problem

ROOT = Path(__file__).resolve().parents[1]
CODE = """
import sys
from placement import place
from tests.generate import random_problem
for seed in range(40, 52):
    sys.stdout.write(place(random_problem(seed)).fingerprint())
"""


def told_apart_by_nothing(plan: Plan) -> str:
    """Return a plan's bytes without the name of the backend."""
    return plan.model_copy(update={"solver": ""}).fingerprint()


@pytest.mark.parametrize("seed", [3, 11, 28])
def test_ten_runs_give_the_same_bytes(seed: int) -> None:
    problem = random_problem(seed)
    assert len({place(problem).fingerprint() for _ in range(10)}) == 1


def test_hash_seeds_do_not_matter() -> None:
    outputs = {
        subprocess.run(
            [sys.executable, "-c", CODE],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            check=True,
        ).stdout
        for hash_seed in ("0", "1", "2718")
    }
    assert len(outputs) == 1
    assert b'"status": "optimal"' in outputs.pop()


@pytest.mark.parametrize("seed", range(100, 112))
def test_backends_agree_to_the_byte_ties_included(seed: int) -> None:
    problem = random_problem(seed)
    plans = {
        told_apart_by_nothing(place(problem, solver=name)) for name in ("highs", "cp-sat", "scip")
    }
    assert len(plans) == 1


def test_solver_seed_does_not_change_a_proven_plan() -> None:
    problem = random_problem(41)
    assert place(problem, seed=0).fingerprint() == place(problem, seed=17).fingerprint()
