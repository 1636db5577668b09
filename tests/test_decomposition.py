"""The pieces of the decomposition against plain implementations of what they say."""

from random import Random

import numpy as np
import pytest

from placement import place
from placement.formulation.milp import Floats, Ints
from placement.instance import Instance
from placement.packing import Verdict, first_fit, pack
from placement.solver import Limits
from placement.solvers.decomposition.block import Wanted, block_of, solve_task
from placement.solvers.decomposition.capacity_rows import CapacityRows, capacity_rows
from placement.solvers.decomposition.engine import DUAL, Costs, Engine
from placement.solvers.decomposition.market import Market, market_of
from placement.solvers.decomposition.prices import Prices
from placement.solvers.decomposition.relaxation import Relaxation, money_costs
from placement.solvers.decomposition.sharing import shares
from placement.solvers.decomposition.state import State, rounded_start
from placement.starting import start_of
from tests.decomposed import (
    bulky,
    fractional,
    holds,
    instances,
    markets,
    random_replicas,
    random_state,
)

INFINITE = float("inf")


def shares_of(market: Market) -> Floats:
    """Return ``(C, k)`` what a replica takes of a node, row by row of its supply."""
    rows, found = market.rows, np.zeros(market.rows.takes.shape)
    for candidate, supply in enumerate(market.supply.tolist()):
        for step, row in enumerate(range(int(rows.first[supply]), int(rows.first[supply + 1]))):
            found[candidate, step] = rows.takes[candidate, step] / rows.room[row]
    return found


def by_rows(rows: CapacityRows, supply: int, members: Ints, x: Ints) -> int:
    """Return the fewest nodes of a supply that every row allows."""
    needs = [0]
    for step, row in enumerate(range(int(rows.first[supply]), int(rows.first[supply + 1]))):
        taken = sum(int(rows.takes[c, step]) * int(x[c]) for c in members.tolist())
        needs.append(-(-taken // int(rows.room[row])))
    return max(needs)


def by_sums(instance: Instance, supply: int, members: Ints, x: Ints) -> int:
    """Return the fewest nodes of a supply that the sums of all resources allow."""
    room = instance.candidates.room[supply].tolist()
    taken = [
        sum(int(instance.candidates.takes[c, k]) * int(x[c]) for c in members.tolist())
        for k in range(len(room))
    ]
    pairs = zip(taken, room, strict=True)
    return max((-(-amount // has) for amount, has in pairs if amount), default=0)


def test_rows_say_what_sums_say_and_nothing_that_packing_does_not() -> None:
    """Every resource that is left out is implied, and counts hold for whatever can be packed."""
    exact = counted = 0
    drawn = [*instances(0, 40), *((bulky(seed), Random(seed)) for seed in range(40))]
    for instance, random in drawn:
        rows, market = capacity_rows(instance), market_of(instance)
        for _ in range(6):
            x = random_replicas(market, random)
            loads = rows.loads(market.supply, np.arange(x.size), x)
            nodes = rows.nodes(loads, np.zeros_like(market.price))
            for supply in np.unique(market.supply[x > 0]).tolist():
                members = np.flatnonzero((market.supply == supply) & (x > 0))
                sizes = tuple(map(tuple, instance.candidates.takes[members].tolist()))
                counts = tuple(x[members].tolist())
                room = tuple(instance.candidates.room[supply].tolist())
                least, fewest = by_sums(instance, supply, members, x), int(nodes[supply])
                assert fewest == by_rows(rows, supply, members, x) >= least
                assert pack(sizes, counts, room, fewest - 1).verdict is not Verdict.FITS
                filled = first_fit(sizes, counts, room)
                assert filled is not None
                if rows.exact[supply]:
                    assert len(filled) == fewest
                exact, counted = exact + bool(rows.exact[supply]), counted + (fewest > least)
    assert min(exact, counted) > 20


def priced(market: Market, random: Random) -> Prices:
    """Return prices with the right signs and no other sense."""
    limits = market.limits
    low = np.where(limits.most < limits.NONE, -30.0, 0.0)
    high = np.where(limits.least > 0, 30.0, 0.0)
    chosen = np.array([random.uniform(a, b) for a, b in zip(low, high, strict=True)])
    return Prices(
        worth=np.array([random.uniform(-20, 250) for _ in market.replicas]),
        room=np.array([max(0.0, random.uniform(-40, 120)) for _ in market.rows.room]),
        limit=chosen * random.choice((0, 1, 1)),
        left=np.array([random.uniform(-50, 0) for _ in range(market.ranks)]),
    )


def test_no_prices_give_a_bound_above_the_optimum() -> None:
    for instance, random in instances(100, 40):
        plan = place(instance.problem)
        if plan.status == "infeasible":
            continue
        market, (x, n) = market_of(instance), start_of(instance, plan)
        placed = np.bincount(market.workload, weights=x, minlength=market.replicas.size)
        left = market.left_out(placed.astype(np.int64))
        costs, _ = money_costs(market)
        value = float(costs.x @ x + costs.n @ n + costs.u @ (market.replicas - placed))
        for most in (None, left, left + random.randint(0, 2)):
            for _ in range(20):
                prices = priced(market, random)
                reduced = prices.reduced(market, shares_of(market), costs.x)
                assert prices.bound(market, costs, reduced, most) <= value * (1 + 1e-9)


def test_prices_of_the_relaxation_give_its_optimum_as_bound() -> None:
    for market, _ in markets(200, 40):
        costs, _scale = money_costs(market)
        found = Relaxation(market).solve(costs, None, INFINITE)
        if found is not None:
            assert found.bound <= found.value + 1e-6
            assert found.bound == pytest.approx(found.value, rel=2e-5, abs=1e-5)
        else:
            assert not State.of(market, np.zeros_like(market.supply)).holds


def solved(market: Market, costs: Costs, explicit: bool) -> float | None:
    """Return the optimum of an engine with every candidate in it; None where it has none."""
    engine = Engine(market, shares_of(market), explicit=explicit)
    engine.aim(costs, None)
    engine.add(np.arange(market.workload.size), costs)
    return engine.value if engine.run(DUAL, INFINITE) else None


def test_nodes_have_the_same_optimum_with_columns_and_without() -> None:
    fewer = 0
    for market, _ in markets(300, 60):
        costs, _scale = money_costs(market)
        with_columns = solved(market, costs, explicit=True)
        without = solved(market, costs, explicit=False)
        fewer += bool(Engine(market, shares_of(market), explicit=False).plain.any())
        assert (with_columns is None) == (without is None)
        assert without is None or without == pytest.approx(with_columns, rel=1e-9, abs=1e-6)
    assert fewer > 30


def test_state_holds_where_every_limit_does_in_its_own_words() -> None:
    both = {True: 0, False: 0}
    for instance, random in instances(400, 60):
        market = market_of(instance)
        for _ in range(4):
            state = State.of(market, random_replicas(market, random))
            assert state.holds == holds(instance, state)
            both[state.holds] += 1
    assert min(both.values()) > 30


def test_replaced_workloads_leave_the_state_that_is_made_anew() -> None:
    for market, random in markets(500, 60):
        state = State.of(market, random_replicas(market, random))
        for _ in range(4):
            workloads = np.flatnonzero([random.random() < 0.5 for _ in market.replicas])
            other = random_replicas(market, random)
            candidates = market.candidates_of(workloads)
            found = state.replaced(workloads, candidates, other[candidates])
            x = state.x.copy()
            x[candidates] = other[candidates]
            anew = State.of(market, x)
            for name in ("x", "n", "extra", "placed", "loads"):
                assert getattr(found, name).tolist() == getattr(anew, name).tolist()
            assert found.worth == anew.worth
            state = found


def test_start_holds_wherever_minima_alone_do() -> None:
    started = 0
    for market, random in markets(600, 150):
        if State.of(market, np.zeros_like(market.supply)).holds:
            for _ in range(4):
                assert rounded_start(market, fractional(market, random)).holds
                started += 1
    assert started > 300


def test_answers_of_a_batch_hold_together_in_any_order() -> None:
    merged = 0
    for market, random in markets(700, 90):
        state = random_state(market, random)
        if state is None:
            continue
        number = np.array([random.randrange(3) for _ in market.replicas])
        parts = [np.flatnonzero(number == part) for part in range(3)]
        own = [market.candidates_of(part) for part in parts]
        blocks = [
            block_of(state, Wanted(workloads=part, candidates=each, gap=0.0), share, Limits())
            for part, each, share in zip(parts, own, shares(state, own), strict=True)
        ]
        outcomes = [(block, solve_task(block.task)) for block in blocks if block.workloads.size]
        random.shuffle(outcomes)
        for block, outcome in outcomes:
            better = block.merged(state, outcome)
            assert better is not None
            assert better.holds
            assert better.worth <= state.worth or market.ranks > 1
            merged, state = merged + (better.worth < state.worth), better
    assert merged > 50
