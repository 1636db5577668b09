"""The front door: limits, failures, cancelling, and that nothing unverified leaves it."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from placement import InputError, Plan, Problem, Progress, SolverError, place, verify
from placement.formulation.milp import Ints, Milp
from placement.solver import Limits, Outcome, Solver, Status, Watch
from placement.solvers.highs import Highs


def fleet(replicas: int = 4, *, stock: int | None = 2, clusters: int = 2, **pool: Any) -> Problem:
    """Return equal clusters with a pool of one-GPU nodes each, and one workload of one GPU."""
    names = [f"c{i}" for i in range(clusters)]
    kind = {"name": "t", "gpu": {"model": "A10", "count": 1, "memory": "24Gi"}}
    return Problem.model_validate(
        {
            "instance_types": [{**kind, "allocatable": {"cpu": 8, "memory": "30Gi"}}],
            "offerings": [
                {"region": name, "instance_type": "t", "price": 1.25, "stock": stock}
                for name in names
            ],
            "clusters": [
                {
                    "name": name,
                    "region": name,
                    "node_pools": [{"name": "gpu", "instance_type": "t", **pool}],
                }
                for name in names
            ],
            "workloads": [{"name": "w", "replicas": replicas, "requests": {"nvidia.com/gpu": 1}}],
        }
    )


def eight_gpu_nodes(replicas: int, nodes: int) -> Problem:
    """Return 8-GPU nodes of which a replica takes three GPUs: two fit, though 2.67 would add up."""
    document = fleet(replicas, stock=nodes, clusters=1).model_dump(mode="json")
    document["instance_types"][0]["gpu"]["count"] = 8
    document["workloads"][0]["requests"] = {"nvidia.com/gpu": 3}
    return Problem.model_validate(document)


@dataclass
class Scripted:
    """A solver that answers as HiGHS does, but for one call that it spoils."""

    spoil: int
    how: str
    name: str = "scripted"
    calls: list[int] = field(default_factory=list)

    def solve(
        self, milp: Milp, limits: Limits, *, start: Ints | None = None, watch: Watch | None = None
    ) -> Outcome:
        """Solve, or break, lie or run out of time at the call chosen."""
        self.calls.append(len(self.calls))
        outcome = Highs().solve(milp, limits, start=start, watch=watch)
        if len(self.calls) != self.spoil + 1 or outcome.values is None:
            return outcome
        if self.how == "breaks":
            raise SolverError("the backend broke")
        if self.how == "lies":
            return Outcome(status=Status.OPTIMAL, values=outcome.values * 0 - 7, bound=-1e9)
        return Outcome(status=Status.UNKNOWN, limit="time", bound=outcome.bound)


def test_plan_is_proven_and_judged_valid() -> None:
    problem = fleet(4)
    plan = place(problem)
    assert (plan.status, plan.cost_per_hour, plan.lower_bound, plan.gap) == ("optimal", 5.0, 5.0, 0)
    assert verify(problem, plan) == ()
    assert [(row.cluster, row.replicas) for row in plan.assignments] == [("c0", 2), ("c1", 2)]


def test_replicas_beyond_stock_are_left_out_with_reasons_and_still_proven() -> None:
    plan = place(fleet(6))
    assert plan.status == "optimal"
    (left,) = plan.unplaced
    assert left.replicas == 2
    assert any("stock of t (on-demand) in c0 is used up (2 of 2)" in line for line in left.reasons)


@pytest.mark.parametrize("solver", ["highs", "cp-sat", "scip"])
def test_sums_that_suffice_but_cannot_be_packed_are_seen_through(solver: str) -> None:
    plan = place(eight_gpu_nodes(5, nodes=2), solver=solver)
    assert plan.status == "optimal"
    assert (plan.replicas_placed, plan.replicas_unplaced) == (4, 1)
    third = place(eight_gpu_nodes(5, nodes=3), solver=solver)
    assert (third.status, third.cost_per_hour, third.replicas_placed) == ("optimal", 3.75, 5)


def test_minimum_that_stock_forbids_leaves_no_plan() -> None:
    plan = place(fleet(1, stock=1, min_nodes=2))
    assert plan.status == "infeasible"
    assert plan.assignments == ()
    assert plan.replicas_unplaced == 1


def test_empty_problem_has_an_empty_optimal_plan() -> None:
    plan = place(Problem())
    assert (plan.status, plan.cost_per_hour, plan.assignments) == ("optimal", 0.0, ())


@pytest.mark.parametrize("call", range(4))
@pytest.mark.parametrize("how", ["breaks", "lies", "is late"])
def test_spoiled_solve_never_spoils_the_plan(call: int, how: str) -> None:
    problem, solver = fleet(4), Scripted(spoil=call, how=how)
    plan = place(problem, solver=solver)
    assert verify(problem, plan) == ()
    assert plan.replicas_placed == 4
    assert len(solver.calls) > call


def test_broken_solver_is_marked_and_its_words_are_kept() -> None:
    plan = place(fleet(4), solver=Scripted(spoil=1, how="breaks"))
    assert plan.ended_by == "solver"
    assert any("the backend broke" in warning for warning in plan.warnings)


def test_solver_that_breaks_at_once_leaves_a_greedy_plan_marked_as_such() -> None:
    plan = place(fleet(4), solver=Scripted(spoil=0, how="breaks"))
    assert (plan.status, plan.ended_by, plan.replicas_placed) == ("feasible", "solver", 4)
    assert any("greedy" in warning for warning in plan.warnings)


def test_no_time_leaves_a_greedy_plan_marked_as_such() -> None:
    problem = fleet(4)
    plan = place(problem, time_limit=1e-9)
    assert verify(problem, plan) == ()
    assert (plan.status, plan.ended_by, plan.replicas_placed) == ("feasible", "time", 4)
    assert plan.lower_bound <= plan.cost_per_hour


def test_cancelled_search_returns_the_best_plan_so_far() -> None:
    problem = fleet(4)
    plan = place(problem, cancel=lambda: True)
    assert verify(problem, plan) == ()
    assert plan.ended_by == "cancelled"


def test_progress_tells_stage_best_and_bound() -> None:
    seen: list[Progress] = []
    place(fleet(4), progress=seen.append)
    assert {"money", "nodes"} <= {step.stage for step in seen}
    assert all(step.seconds >= 0 and not step.gap < 0 for step in seen)


def test_gap_allows_a_plan_that_is_not_proven_cheapest() -> None:
    problem = fleet(7, stock=9, clusters=3)
    plan = place(problem, gap=0.5)
    assert plan.gap <= 0.5
    assert verify(problem, plan) == ()


@pytest.mark.parametrize(
    ("arguments", "path"),
    [
        ({"time_limit": 0}, "time_limit"),
        ({"time_limit": float("nan")}, "time_limit"),
        ({"gap": 1.0}, "gap"),
        ({"gap": -0.1}, "gap"),
        ({"seed": -1}, "seed"),
        ({"solver": "higs"}, "solver"),
    ],
)
def test_bad_argument_names_itself(arguments: dict[str, Any], path: str) -> None:
    with pytest.raises(InputError) as caught:
        place(fleet(), **arguments)
    assert [issue.path for issue in caught.value.issues] == [path]


def test_protocol_is_what_a_solver_needs() -> None:
    solver: Solver = Scripted(spoil=-1, how="")
    plan: Plan = place(fleet(1), solver=solver)
    assert plan.solver == "scripted"


@pytest.mark.parametrize("owner", ["pool", "node"])
@pytest.mark.parametrize(("zone", "left_out"), [("c0-a", 0), ("elsewhere", 1)])
def test_a_label_that_contradicts_a_nodes_zone_does_not_count(
    owner: str, zone: str, left_out: int
) -> None:
    key = "topology.kubernetes.io/zone"
    document = fleet(1, clusters=1).model_dump(mode="json")
    cluster, workload = document["clusters"][0], document["workloads"][0]
    free = {"cpu": 8, "memory": "30Gi", "nvidia.com/gpu": 1}
    node = {"name": "n", "node_pool": "gpu", "free": free}
    cluster |= {"zones": ["c0-a"], "nodes": [node]}
    {"pool": cluster["node_pools"][0], "node": node}[owner]["labels"] = {key: "elsewhere"}
    workload["node_selector"] = {key: zone}
    plan = place(Problem.model_validate(document))
    assert (plan.status, plan.replicas_unplaced) == ("optimal", left_out)


@pytest.mark.parametrize("named", ["cluster", "pool"])
def test_a_zone_that_is_named_twice_is_one_zone(named: str) -> None:
    document = fleet(2, clusters=1).model_dump(mode="json")
    cluster = document["clusters"][0]
    cluster["nodes"] = [{"name": "n", "node_pool": "gpu", "free": {"cpu": 8, "nvidia.com/gpu": 1}}]
    {"pool": cluster["node_pools"][0], "cluster": cluster}[named]["zones"] = ["c0-a", "c0-a"]
    plan = place(Problem.model_validate(document))
    assert {(node.state, node.zone) for node in plan.nodes} == {
        ("existing", "c0-a"),
        ("new", "c0-a"),
    }


def test_gpus_are_counted_on_nodes_of_no_type_too() -> None:
    document = fleet(2, clusters=1).model_dump(mode="json")
    document |= {"instance_types": [], "offerings": []}
    node = {"name": "n", "free": {"cpu": 8, "nvidia.com/gpu": 1}}
    document["clusters"][0] |= {"node_pools": [], "nodes": [node]}
    plan = place(Problem.model_validate(document))
    assert [(row.gpus_per_replica, row.replicas) for row in plan.assignments] == [(1, 1)]
