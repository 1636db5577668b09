"""A session: its plan follows every change, and what a change does not touch stays as it is."""

import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from placement import (
    ClusterGone,
    DemandChange,
    InputError,
    Plan,
    PriceChange,
    Problem,
    Session,
    StockChange,
    Update,
    WorkloadAdded,
    WorkloadRemoved,
    place,
    verify,
)
from placement.left_out import left_by_priority
from placement.plan import Assignment, NodePlan
from placement.session_changes import Change
from tests.generate import random_problem
from tests.session_changes import KINDS, random_change

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
SMALL_SEEDS = range(40)
CHAIN = 3


@pytest.fixture(scope="module")
def medium() -> Iterator[Problem]:
    """Return a generated fleet of 200 workloads in 50 clusters."""
    before = list(sys.path)
    sys.path.insert(0, str(BENCHMARKS))
    from fleets import SIZES, problem

    yield problem(SIZES["M"], "gpu", 0)
    sys.path[:] = before


@pytest.fixture
def session(medium: Problem) -> Session:
    """Return a session of that fleet, soon solved."""
    return Session(medium, time_limit=20.0, gap=0.02)


def rows_of(plan: Plan) -> dict[str, tuple[Assignment, ...]]:
    """Return the rows of a plan by workload."""
    found: dict[str, list[Assignment]] = {}
    for row in plan.assignments:
        found.setdefault(row.workload, []).append(row)
    return {key: tuple(rows) for key, rows in found.items()}


def nodes_of(plan: Plan) -> dict[tuple[str, str], NodePlan]:
    """Return the nodes of a plan by cluster and name."""
    return {(node.cluster, node.name): node for node in plan.nodes}


def same_but(update: Update, before: Plan, after: Plan, *, prices: bool = False) -> None:
    """Demand that rows, and nodes of workloads that are neither touched nor packed anew, stay."""
    touched, rows, there = set(update.touched), rows_of(after), nodes_of(after)
    for key, old in rows_of(before).items():
        if key not in touched:
            assert rows[key] == old
    moved = touched | set(update.repacked)
    for place_, node in nodes_of(before).items():
        held = {row for row in node.replicas if row.workload not in moved}
        if held:
            assert {row for row in there[place_].replicas if row.workload not in moved} == held
        if held and not prices:
            assert there[place_].model_copy(update={"replicas": node.replicas}) == node
    assert not set(update.repacked) & touched


def told(update: Update, before: Plan, after: Plan) -> None:
    """Demand that an update says what tells two plans apart."""
    old, new = set(before.assignments), set(after.assignments)
    assert set(update.added) == new - old
    assert set(update.removed) == old - new
    assert update.total_per_hour == pytest.approx(after.objective.total)
    assert update.cost_per_hour == pytest.approx(after.cost_per_hour)
    assert update.lower_bound == pytest.approx(after.lower_bound, rel=1e-5)
    assert dict(update.unplaced) == {row.workload: row.replicas for row in after.unplaced}
    nodes = sum(node.state != "released" for node in after.nodes if node.node_pool)
    nodes -= sum(node.state != "released" for node in before.nodes if node.node_pool)
    assert sum(update.bought.values()) - sum(update.given_up.values()) == nodes


@pytest.mark.parametrize("kind", KINDS)
def test_a_change_moves_only_what_it_says_and_the_plan_holds(session: Session, kind: str) -> None:
    random = Random(kind)
    for _ in range(3):
        before, problem = session.plan, session.problem
        change = random_change(random, problem, kind)
        update = session.apply(change)
        assert session.problem == change.applied(problem)
        assert not verify(session.problem, session.plan)
        same_but(update, before, session.plan, prices=kind == "price")
        told(update, before, session.plan)


def test_a_chain_of_changes_gives_the_same_bytes_again(medium: Problem) -> None:
    plans = []
    for _ in range(2):
        session, random = Session(medium, time_limit=20.0, gap=0.02), Random(7)
        for _ in range(30):
            change = random_change(random, session.problem, random.choice(KINDS))
            before = session.plan
            update = session.apply(change)
            same_but(update, before, session.plan, prices=isinstance(change, PriceChange))
            assert update.lower_bound <= update.total_per_hour
        assert not verify(session.problem, session.plan)
        plans.append(session.plan.fingerprint())
    assert plans[0] == plans[1]


def test_a_demand_that_goes_and_comes_back_costs_no_more_than_the_gap_says(
    session: Session, medium: Problem
) -> None:
    workload = medium.workloads[5]
    session.apply(DemandChange(workload.key, (workload.replicas or 0) + 9))
    update = session.apply(DemandChange(workload.key, workload.replicas or 0))
    assert session.problem == medium
    assert not update.unplaced
    assert update.gap <= 0.02
    assert session.plan.objective.total * (1 - session.plan.gap) <= update.lower_bound * (1 + 1e-6)


def test_several_changes_are_taken_together_and_nothing_where_one_is_wrong(
    session: Session, medium: Problem
) -> None:
    first, second = medium.workloads[:2]
    before = session.plan.fingerprint()
    with pytest.raises(InputError):
        session.apply(DemandChange(first.key, 3), WorkloadRemoved("nobody"))
    assert session.problem is medium
    assert session.plan.fingerprint() == before
    update = session.apply(DemandChange(first.key, 0), WorkloadRemoved(second.key))
    assert {row.workload for row in update.removed} >= {first.key, second.key}
    assert second.key not in {each.key for each in session.problem.workloads}


def test_nothing_changes_without_a_change(session: Session) -> None:
    before = session.plan
    update = session.apply()
    assert (update.touched, update.repacked, update.added, update.removed) == ((),) * 4
    assert session.plan.fingerprint() == before.fingerprint()


@pytest.mark.parametrize(
    ("change", "path"),
    [
        (DemandChange("nobody", 1), "workload"),
        (DemandChange("@first", -1), "replicas"),
        (DemandChange("@first", 10**7), "workloads"),
        (StockChange("nothing", "nowhere", 1), "instance type"),
        (StockChange("@type", "nowhere", 1), "region"),
        (PriceChange("@type", "@region", -1.0), "price"),
        (WorkloadRemoved("nobody"), "workload"),
        (ClusterGone("nowhere"), "cluster"),
    ],
)
def test_what_cannot_be_is_refused_by_path(session: Session, change: Change, path: str) -> None:
    problem = session.problem
    row = problem.offerings[0]
    if isinstance(change, DemandChange):
        change = DemandChange(
            change.workload.replace("@first", problem.workloads[0].key), change.replicas
        )
    if isinstance(change, StockChange):
        change = StockChange(change.instance_type.replace("@type", row.instance_type), "nowhere", 1)
    if isinstance(change, PriceChange):
        change = PriceChange(
            row.instance_type, row.region, -1.0, zone=row.zone, capacity_type=row.capacity_type
        )
    with pytest.raises(InputError) as refused:
        session.apply(change)
    assert refused.value.issues[0].path.startswith(path)
    assert session.problem is problem


def test_a_workload_that_names_what_is_not_there_is_refused(session: Session) -> None:
    workload = session.problem.workloads[0]
    affinity = workload.cluster_affinity.model_copy(update={"cluster_names": ("nowhere",)})
    wrong = workload.model_copy(update={"name": "wrong", "cluster_affinity": affinity})
    with pytest.raises(InputError) as refused:
        session.apply(WorkloadAdded(wrong))
    where = f"workloads[{len(session.problem.workloads)}].cluster_affinity"
    assert refused.value.issues[0].path.startswith(where)


def test_what_arrays_cannot_follow_is_solved_from_the_plan_before(session: Session) -> None:
    workload = session.problem.workloads[0]
    urgent = workload.model_copy(update={"name": "urgent", "priority": 12345})
    before = session.plan
    update = session.apply(WorkloadAdded(urgent))
    same_but(update, before, session.plan)
    told(update, before, session.plan)
    assert urgent.key in update.touched
    assert session.plan.strategy == "decomposition"
    assert not verify(session.problem, session.plan)
    before = session.plan
    update = session.apply(DemandChange(urgent.key, 1))
    same_but(update, before, session.plan)


def test_a_dearer_node_than_any_is_priced_and_left_for_a_cheaper_one(session: Session) -> None:
    node = next(node for node in session.plan.nodes if node.state == "new")
    region = {c.name: c.region for c in session.problem.clusters}[node.cluster]
    kind = (region, node.instance_type, node.capacity_type)
    rows = [
        row
        for row in session.problem.offerings
        if (row.region, row.instance_type, row.capacity_type) == kind
    ]
    update = session.apply(
        *(
            PriceChange(
                r.instance_type, r.region, 5000.0, zone=r.zone, capacity_type=r.capacity_type
            )
            for r in rows
        )
    )
    prices = [each.price for each in session.plan.nodes if each.state == "new"]
    assert max(prices) < 5000 or update.unplaced
    assert not verify(session.problem, session.plan)


def test_a_workload_with_a_rule_has_everything_solved_at_once() -> None:
    problem = next(p for p in map(random_problem, range(20)) if len(p.clusters) > 1)
    session = Session(problem, time_limit=20.0)
    workload = problem.workloads[0].model_copy(
        update={"name": "ruled", "replicas": 2, "min_replicas": 2}
    )
    session.apply(WorkloadAdded(workload))
    assert session.problem == problem.with_workload(workload)
    assert session.plan.strategy == "exact"
    best = place(session.problem, time_limit=20.0)
    assert session.plan.objective.total == pytest.approx(best.objective.total)


def test_where_all_is_solved_anew_what_may_stay_for_nothing_stays() -> None:
    kept = 0
    for seed in range(30):
        problem = random_problem(seed)
        session = Session(problem, time_limit=20.0)
        before = session.plan
        if before.status == "infeasible" or len(problem.workloads) < 2:
            continue
        first, *others = problem.workloads
        update = session.apply(DemandChange(first.key, 0))
        if not before.unplaced and not any(set(update.touched) & {each.key for each in others}):
            kept += 1
            rows, old = rows_of(session.plan), rows_of(before)
            assert all(rows.get(each.key) == old.get(each.key) for each in others)
    assert kept >= 5


@pytest.mark.parametrize("seed", SMALL_SEEDS)
@pytest.mark.parametrize("strategy", ["decomposition", "auto"])
def test_small_fleets_stay_within_their_bound_and_the_bound_below_the_optimum(
    seed: int, strategy: str
) -> None:
    problem, random = random_problem(seed), Random(seed)
    if place(problem, time_limit=20.0).status == "infeasible":
        return
    session = Session(problem, time_limit=20.0, strategy=strategy)
    for _ in range(CHAIN):
        kinds = KINDS if session.problem.offerings else ("demand", "added", "removed", "gone")
        change = random_change(random, session.problem, random.choice(kinds))
        expected = change.applied(session.problem)
        before = session.plan
        update = session.apply(change)
        best = place(expected, time_limit=20.0)
        assert session.problem == expected
        assert not verify(session.problem, session.plan)
        if best.status == "infeasible":
            return
        plan = session.plan
        if left_by_priority(expected, best) == left_by_priority(expected, plan):
            assert plan.lower_bound <= best.objective.total * (1 + 1e-6)
            assert best.objective.total <= plan.objective.total * (1 + 1e-6)
        if strategy == "decomposition":
            told(update, before, plan)
