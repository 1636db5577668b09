"""What the proof of a decomposition rests on: reduced costs, and a programme over what they leave.

The relaxation is stopped early and begins with few candidates, so that its prices are poor.
"""

from collections.abc import Iterator

import numpy as np
import pytest

from placement import Problem, place
from placement.formulation.milp import Ints, Milp
from placement.instance import make_instance
from placement.solver import Limits, Outcome, Status, Watch
from placement.solvers.decomposition import relaxation
from placement.solvers.decomposition.engine import Engine
from placement.solvers.decomposition.market import Market, market_of
from placement.solvers.decomposition.proving import Known, proved
from placement.solvers.decomposition.relaxation import Relaxation, money_costs
from placement.solvers.decomposition.state import State, rounded_start
from placement.solvers.highs import Highs
from placement.starting import start_of
from tests.decomposed import instances

Optimum = tuple[Market, Ints, Ints]


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the relaxation begin with few candidates, and end far from its optimum."""
    for name, value in (("FIRST", 1), ("ALIKE", 1), ("MORE", 1), ("CLOSE", 0.3)):
        monkeypatch.setattr(relaxation, name, value)


def optima(first: int, count: int) -> Iterator[Optimum]:
    """Yield markets with replicas and nodes of the optimum, where nothing is left out."""
    for instance, _ in instances(first, count):
        plan = place(instance.problem, strategy="exact")
        if plan.assignments and not plan.unplaced:
            yield market_of(instance), *start_of(instance, plan)


@pytest.mark.usefixtures("hasty")
def test_no_plan_costs_less_than_the_bound_and_its_reduced_costs() -> None:
    seen = 0
    for market, x, n in optima(0, 60):
        costs, scale = money_costs(market)
        found = Relaxation(market).solve(costs, None, float("inf"))
        assert found is not None
        cost = market.cost(x, n) * scale
        assert cost >= found.bound + float(np.maximum(found.reduced, 0) @ x) - 1e-6 * cost
        seen += 1
    assert seen > 10


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize("runs", [1, 2])
def test_bound_of_a_relaxation_that_is_cut_short_is_kept(
    runs: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relaxation, "CLOSE", -1.0)
    run, seen = Engine.run, 0
    for market, x, n in optima(0, 30):
        left = iter([True] * runs)
        monkeypatch.setattr(
            Engine, "run", lambda *given, left=left: next(left, False) and run(*given)
        )
        costs, scale = money_costs(market)
        found = Relaxation(market).solve(costs, None, float("inf"))
        monkeypatch.setattr(Engine, "run", run)
        assert found is not None
        assert found.bound <= market.cost(x, n) * scale * (1 + 1e-9)
        state = rounded_start(market, found.x)
        seen += 1
        assert (state.placed <= market.replicas).all()
    assert seen > 3


@pytest.mark.usefixtures("hasty")
def test_proof_from_any_solution_is_never_above_the_optimum() -> None:
    better = 0
    for market, x, n in optima(200, 60):
        costs, scale = money_costs(market)
        found = Relaxation(market).solve(costs, None, float("inf"))
        state = dearer(market, x)
        if found is None or state is None:
            continue
        known = Known(state=state, reduced=found.reduced / scale, bound=found.bound / scale)
        proof = proved(known, Highs(), Limits(), None)
        assert proof.whole
        assert proof.bound <= market.cost(x, n) * (1 + 1e-9)
        assert proof.found is not None
        better += proof.found.worth < state.worth
    assert better > 5


def dearer(market: Market, x: Ints) -> State | None:
    """Return a solution with the last replicas of the optimum elsewhere, if that holds."""
    for candidate in np.flatnonzero(x)[::-1].tolist():
        workload = int(market.workload[candidate])
        for other in range(
            int(market.first[workload + 1]) - 1, int(market.first[workload]) - 1, -1
        ):
            moved = x.copy()
            moved[candidate] -= 1
            moved[other] += 1
            state = State.of(market, moved)
            if other != candidate and moved[other] <= market.limit[other] and state.holds:
                return state
    return None


def test_proof_lets_a_pools_minimum_be_met_elsewhere() -> None:
    """Nodes that only a minimum asks for are no longer needed once replicas take others there."""
    requests = {"nvidia.com/gpu": 1}
    pools = [
        {"name": "p", "instance_type": "t", "min_nodes": 1},
        {"name": "q", "instance_type": "u"},
    ]
    gpu = {"model": "A10", "count": 1, "memory": "24Gi"}
    document = {
        "instance_types": [{"name": n, "gpu": gpu, "allocatable": {"cpu": 8}} for n in "tu"],
        "offerings": [
            {"region": "r", "zone": "r-a", "instance_type": "t", "price": 5},
            {"region": "r", "zone": "r-b", "instance_type": "t", "price": 6},
            {"region": "r", "zone": "r-b", "instance_type": "u", "price": 5.5},
        ],
        "clusters": [{"name": "c", "region": "r", "zones": ["r-a", "r-b"], "node_pools": pools}],
        "workloads": [
            {
                "name": "w",
                "replicas": 1,
                "requests": requests,
                "node_selector": {"topology.kubernetes.io/zone": "r-b"},
            }
        ],
    }
    market = market_of(make_instance(Problem.model_validate(document)))
    other = int(np.flatnonzero(market.price[market.supply] * market.unit == 5.5)[0])
    state = State.of(market, np.bincount([other], minlength=market.supply.size))
    assert market.cost(state.x, state.n) * market.unit == pytest.approx(10.5)
    known = Known(state=state, reduced=np.zeros(market.supply.size), bound=0.0)
    proof = proved(known, Highs(), Limits(), None)
    assert proof.bound * market.unit <= 6
    assert proof.found is not None
    assert proof.found.worth[1] * market.unit == pytest.approx(6)


class Denies:
    """A backend that says of every programme that it has no solution."""

    name = "denies"

    def solve(
        self, milp: Milp, limits: Limits, *, start: Ints | None = None, watch: Watch | None = None
    ) -> Outcome:
        """Answer."""
        return Outcome(status=Status.INFEASIBLE, values=None, bound=float("inf"))


def test_claim_that_there_is_no_plan_proves_nothing_where_there_is_one() -> None:
    market, x, n = next(optima(0, 20))
    state = State.of(market, x, n)
    known = Known(state=state, reduced=np.zeros(x.size), bound=0.25 * state.worth[1])
    assert proved(known, Denies(), Limits(), None).bound == known.bound
