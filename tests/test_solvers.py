"""Every backend on small programmes: the optimum, honest claims, limits, and silence."""

import time

import numpy as np
import pytest

from placement.errors import InputError, SolverError
from placement.formulation.milp import Milp
from placement.solver import Limits, Outcome, Solver, Status
from placement.solvers import BACKENDS, backend
from placement.solvers.highs import Highs
from placement.solvers.highs_relaxer import HighsRelaxer
from placement.solvers.mathopt import MathOpt
from tests.programmes import INF, NAMED, bounded, market_split, optimum, programme, random_programme

SOLVERS: tuple[Solver, ...] = tuple(map(backend, BACKENDS))
every_solver = pytest.mark.parametrize("solver", SOLVERS, ids=lambda solver: solver.name)


def check(milp: Milp, outcome: Outcome) -> None:
    """Hold an outcome to the optimum by enumeration: the claim, the point and the bound."""
    best = optimum(milp)
    if best is None:
        assert (outcome.status, outcome.values) == (Status.INFEASIBLE, None)
        return
    assert (outcome.status, outcome.limit) == (Status.OPTIMAL, "")
    assert outcome.values is not None
    assert outcome.values.dtype == np.int64
    assert milp.holds(outcome.values)
    assert float(milp.cost @ outcome.values) + milp.offset == pytest.approx(best)
    assert outcome.bound == pytest.approx(best)


@every_solver
@pytest.mark.parametrize("name", NAMED)
def test_a_backend_reaches_the_optimum(solver: Solver, name: str) -> None:
    check(NAMED[name], solver.solve(NAMED[name], Limits()))


@every_solver
def test_a_backend_reaches_the_optimum_of_random_programmes(solver: Solver) -> None:
    feasible = 0
    for seed in range(60):
        milp = random_programme(seed)
        check(milp, solver.solve(milp, Limits()))
        feasible += optimum(milp) is not None
    assert 0 < feasible < 60


@every_solver
@pytest.mark.parametrize("sign", [-1, 0, 1])
def test_a_start_may_help_and_never_harms(solver: Solver, sign: int) -> None:
    for milp in (*map(random_programme, range(12)), *NAMED.values()):
        start = {-1: milp.lower - 1, 0: (milp.lower + milp.upper) // 2, 1: milp.upper}[sign]
        check(milp, solver.solve(milp, Limits(), start=start.astype(np.int64)))


@every_solver
def test_a_start_of_the_first_columns_alone_is_allowed(solver: Solver) -> None:
    for name in ("a knapsack", "an equality", "no whole point", "an offset"):
        milp = NAMED[name]
        check(milp, solver.solve(milp, Limits(), start=np.zeros(1, dtype=np.int64)))


@every_solver
def test_a_programme_without_columns_has_one_point(solver: Solver) -> None:
    check(
        programme([], [], [], offset=7.0), solver.solve(programme([], [], [], offset=7.0), Limits())
    )
    impossible = programme([], [(1, [], 3)], [])
    check(impossible, solver.solve(impossible, Limits()))


@every_solver
def test_a_time_limit_ends_the_search_with_a_point_and_a_bound(solver: Solver) -> None:
    milp = market_split(5, 40)
    begun = time.perf_counter()
    outcome = solver.solve(milp, Limits(seconds=0.4))
    assert time.perf_counter() - begun < 10
    assert (outcome.status, outcome.limit) == (Status.FEASIBLE, "time")
    assert outcome.values is not None
    assert milp.holds(outcome.values)
    assert outcome.bound <= float(milp.cost @ outcome.values) + milp.offset


@every_solver
def test_no_time_at_all_claims_nothing_false(solver: Solver) -> None:
    milp = market_split(4, 30)
    outcome = solver.solve(milp, Limits(seconds=0.0))
    assert outcome.status in {Status.UNKNOWN, Status.FEASIBLE}
    assert outcome.limit == "time"
    assert outcome.values is None or milp.holds(outcome.values)
    assert outcome.bound < 1


@every_solver
def test_a_gap_that_is_good_enough_is_claimed_as_optimal(solver: Solver) -> None:
    milp = NAMED["cover and packing"]
    best = optimum(milp)
    assert best is not None
    for limits in (Limits(relative_gap=0.99), Limits(absolute_gap=100.0)):
        outcome = solver.solve(milp, limits)
        assert outcome.status is Status.OPTIMAL
        assert outcome.values is not None
        assert milp.holds(outcome.values)
        assert outcome.bound <= best <= float(milp.cost @ outcome.values)


def test_a_limit_of_work_ends_at_the_same_point_every_time() -> None:
    milp = market_split(4, 30)
    first, second = (Highs().solve(milp, Limits(work=20)) for _ in range(2))
    assert (first.status, first.limit) == (Status.FEASIBLE, "work")
    assert first.values is not None
    assert second.values is not None
    assert first.values.tolist() == second.values.tolist()


def test_a_start_of_the_first_columns_is_completed() -> None:
    split = market_split(4, 30)
    start = np.zeros(split.cost.size, dtype=np.int64)
    start[30:34] = split.families[0].lower.astype(np.int64)  # all deviation, no share
    assert split.holds(start)
    outcome = Highs().solve(split, Limits(work=0, seconds=5), start=start[:-4])
    assert outcome.values is not None


@pytest.mark.parametrize("solver", SOLVERS[:2], ids=lambda solver: solver.name)
def test_a_watch_hears_of_the_search_and_can_stop_it(solver: Solver) -> None:
    milp, heard = market_split(4, 30), []

    def watch(cost: float, bound: float) -> bool:
        heard.append((cost, bound))
        return True

    outcome = solver.solve(milp, Limits(seconds=20), watch=watch)
    assert heard
    assert outcome.limit == "cancelled"


@every_solver
def test_the_same_programme_gets_the_same_answer(solver: Solver) -> None:
    for seed in range(5):
        milp = random_programme(seed)
        one, two = (solver.solve(milp, Limits()).values for _ in range(2))
        assert (None if one is None else one.tolist()) == (None if two is None else two.tolist())


@every_solver
def test_nothing_is_printed(solver: Solver, capfd: pytest.CaptureFixture[str]) -> None:
    for milp in (NAMED["a knapsack"], NAMED["no whole point"], NAMED["no rows"]):
        solver.solve(milp, Limits())
    solver.solve(market_split(4, 30), Limits(seconds=0.1))
    HighsRelaxer().relax(NAMED["a knapsack"], 5)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("name", BACKENDS)
def test_a_backend_is_chosen_by_name(name: str) -> None:
    assert backend(name).name == name


def test_an_unknown_backend_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(InputError) as caught:
        backend("cpsat")
    (issue,) = caught.value.issues
    assert issue.path == "solver"
    assert "highs, cp-sat, scip; did you mean 'cp-sat'?" in issue.rule
    with pytest.raises(InputError, match="must be one of"):
        backend("")


@every_solver
def test_what_a_backend_raises_is_wrapped(solver: Solver) -> None:
    broken = programme([1, 1], [(float("nan"), [1, 1], INF)], [3, 3])
    with pytest.raises(SolverError, match=solver.name):
        solver.solve(broken, Limits())


def test_the_error_of_a_backend_is_the_cause() -> None:
    with pytest.raises(SolverError, match="nonsense failed") as caught:
        MathOpt("nonsense").solve(NAMED["a knapsack"], Limits())
    assert isinstance(caught.value.__cause__, KeyError)


@pytest.mark.parametrize("seed", range(0, 120, 2))
def test_a_relaxation_bounds_the_optimum_and_its_reduced_costs_hold(seed: int) -> None:
    milp = random_programme(seed)
    found, best = HighsRelaxer().relax(milp, 10), optimum(milp)
    if found is None:
        assert best is None
        return
    assert best is None or found.bound <= best + 1e-9
    for col, reduced in enumerate(found.reduced.tolist()):
        if milp.lower[col] == milp.upper[col]:
            continue
        dearer = bounded(milp, col, milp.lower[col] + 1)
        relaxed, whole = HighsRelaxer().relax(dearer, 10), optimum(dearer)
        assert relaxed is None or relaxed.bound >= found.bound + reduced - 1e-7
        assert whole is None or whole >= found.bound + reduced - 1e-7


def test_a_relaxation_counts_the_offset_and_stops_in_time() -> None:
    found = HighsRelaxer().relax(NAMED["an offset"], 10)
    assert found is not None
    assert found.bound == pytest.approx(16.5)
    assert HighsRelaxer().relax(market_split(20, 400), 0.0) is None
