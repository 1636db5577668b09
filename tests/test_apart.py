"""A backend in a process of its own: same answers, held limits, nothing left behind."""

import time
from dataclasses import replace

import numpy as np
import pytest

from placement.errors import SolverError
from placement.formulation.milp import Milp, Rows
from placement.solver import Limits, Status
from placement.solvers import apart, backend
from placement.solvers.apart import Apart


def market_split(rows: int, cols: int) -> Milp:
    """Return a market-split programme, which no solver of today decides quickly at this size."""
    rng = np.random.default_rng(7)
    sizes = rng.integers(0, 100, (rows, cols)).astype(np.float64)
    slack = np.hstack([np.eye(rows), -np.eye(rows)])
    coef = np.hstack([sizes, slack])
    row, col = np.nonzero(coef)
    middle = np.floor(sizes.sum(axis=1) / 2)
    return Milp(
        cost=np.concatenate([np.zeros(cols), np.ones(2 * rows)]),
        lower=np.zeros(cols + 2 * rows),
        upper=np.concatenate([np.ones(cols), np.full(2 * rows, 1e6)]),
        families=(
            Rows(name="split", row=row, col=col, coef=coef[row, col], lower=middle, upper=middle),
        ),
    )


@pytest.fixture
def always_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every programme go to a process of its own."""
    monkeypatch.setattr(apart, "LARGE", 0)


@pytest.mark.usefixtures("always_apart")
@pytest.mark.parametrize("name", ["highs", "cp-sat", "scip"])
def test_answer_is_the_same_as_in_this_process(name: str) -> None:
    milp = market_split(2, 12)
    here = backend(name).solve(milp, Limits(seconds=30))
    there = Apart(backend(name)).solve(milp, Limits(seconds=30))
    assert there.status is here.status is Status.OPTIMAL
    assert here.values is not None
    assert there.values is not None
    assert milp.cost @ there.values == milp.cost @ here.values


@pytest.mark.usefixtures("always_apart")
def test_best_solution_survives_a_killed_search() -> None:
    outcome = Apart(backend("highs")).solve(market_split(6, 50), Limits(seconds=4))
    assert outcome.limit == "time"
    assert outcome.status is Status.FEASIBLE
    assert outcome.values is not None
    assert market_split(6, 50).holds(outcome.values)


@pytest.mark.usefixtures("always_apart")
def test_watch_stops_the_search() -> None:
    begun = time.monotonic()
    outcome = Apart(backend("scip")).solve(
        market_split(6, 50), Limits(seconds=60), watch=lambda cost, bound: True
    )
    assert outcome.limit == "cancelled"
    assert time.monotonic() - begun < 30  # of the 60 that the backend, which ignores it, would take


@pytest.mark.usefixtures("always_apart")
def test_process_that_dies_is_a_broken_solver(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "CHILD", "import sys; sys.exit(1)  # {path!r}")
    for milp in (market_split(2, 6), market_split(40, 400)):  # the second is more than a pipe holds
        with pytest.raises(SolverError, match="ended without an answer"):
            Apart(backend("highs")).solve(milp, Limits(seconds=10))


@pytest.mark.usefixtures("always_apart")
def test_error_in_the_process_keeps_its_words() -> None:
    milp = market_split(2, 6)
    coef = np.full(milp.families[0].coef.size, np.nan)
    broken = replace(milp, families=(replace(milp.families[0], coef=coef),))
    with pytest.raises(SolverError, match="cp-sat"):
        Apart(backend("cp-sat")).solve(broken, Limits(seconds=10))


def test_small_programmes_stay_in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("subprocess.Popen", None)
    outcome = Apart(backend("highs")).solve(market_split(2, 6), Limits(seconds=10))
    assert outcome.status is Status.OPTIMAL


@pytest.mark.usefixtures("always_apart")
def test_where_no_process_can_start_the_solve_happens_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/no/such/python")
    outcome = Apart(backend("highs")).solve(market_split(2, 6), Limits(seconds=10))
    assert outcome.status is Status.OPTIMAL
