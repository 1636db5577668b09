"""What the greedy baselines buy, keep and let go: limits, minima, releases, names."""

import pytest

from placement.solvers.greedy import BASELINES
from tests.greedy_fleet import Json, bought, cluster, fleet, offer, running, solved, workload


@pytest.mark.parametrize(
    ("changes", "nodes", "reason"),
    [
        ({"offerings": [offer("east", "one", 1.0, stock=2)]}, 2, "stock of one"),
        (
            {
                "offerings": [
                    offer("east", "one", 1.0, stock=3),
                    offer("east", "one", 1.0, stock=2, zone="z1"),
                    offer("east", "one", 1.0, stock=2, zone="z2"),
                ],
                "clusters": [
                    cluster("a", "east", {"name": "p", "instance_type": "one"}, zones=["z1", "z2"])
                ],
            },
            3,
            "stock of one",
        ),
        (
            {
                "offerings": [offer("east", "one", 1.0)],
                "quotas": [{"name": "q", "region": "east", "resource": "vcpus", "limit": 24}],
            },
            3,
            "quota q",
        ),
        (
            {
                "offerings": [offer("east", "one", 1.0)],
                "clusters": [
                    cluster(
                        "a",
                        "east",
                        {"name": "p", "instance_type": "one"},
                        limits={"nvidia.com/gpu": 1},
                    )
                ],
            },
            1,
            "nvidia.com/gpu",
        ),
        (
            {
                "offerings": [offer("east", "one", 1.0)],
                "clusters": [
                    cluster("a", "east", {"name": "p", "instance_type": "one", "max_nodes": 2})
                ],
            },
            2,
            "max_nodes of a/p",
        ),
    ],
)
@pytest.mark.parametrize("name", ["cheapest", "ffd"])
def test_no_limit_on_buying_is_passed_and_the_reason_names_it(
    name: str, changes: Json, nodes: int, reason: str
) -> None:
    plan = solved(name, fleet(workloads=[workload("w", 9)], **changes))
    assert sum(row.nodes_planned for row in plan.node_pools) == nodes
    assert plan.replicas_unplaced == 9 - nodes
    assert reason in plan.unplaced[0].reasons[0]


def test_minimal_nodes_are_bought_and_paid_though_idle() -> None:
    pool = {"name": "p", "instance_type": "one", "min_nodes": 2}
    problem = fleet(clusters=[cluster("a", "east", pool)], workloads=[])
    for name in BASELINES:
        plan = solved(name, problem)
        assert bought(plan) == {"a/p": 2}
        assert plan.cost_per_hour == 2.0


def test_minimal_nodes_that_cannot_be_had_leave_no_plan() -> None:
    pool = {"name": "p", "instance_type": "one", "min_nodes": 3}
    plan = solved("cheapest", fleet(clusters=[cluster("a", "east", pool)]))
    assert plan.status == "infeasible"
    assert plan.unplaced[0].reasons == ("min_nodes cannot be met in node pool a/p: no plan holds",)


def test_nodes_are_let_go_for_minima_where_a_limit_leaves_no_other_way() -> None:
    pools = [
        {"name": "p", "instance_type": "one", "min_nodes": 1},
        {"name": "q", "instance_type": "one", "min_nodes": 1},
    ]
    nodes = [running(f"n{number}", "p", 1, releasable=True) for number in range(2)]
    tight = cluster("a", "east", *pools, nodes=nodes, limits={"nodes": 2})
    plan = solved("cheapest", fleet(clusters=[tight], workloads=[workload("w", 1)]))
    assert bought(plan) == {"a/p": -1, "a/q": 1}
    assert plan.replicas_placed == 1


def test_releasable_nodes_that_end_empty_are_released_the_dearest_first() -> None:
    pool = {"name": "p", "instance_type": "one", "min_nodes": 1}
    nodes = [running(f"n{n}", "p", 1, releasable=True, price=float(n)) for n in range(1, 4)]
    plan = solved("ffd", fleet(clusters=[cluster("a", "east", pool, nodes=nodes)], workloads=[]))
    assert {node.name: node.state for node in plan.nodes} == {
        "n1": "existing",
        "n2": "released",
        "n3": "released",
    }
    assert plan.cost_per_hour == 1.0


def test_a_new_node_takes_no_name_that_a_running_one_has() -> None:
    pool = {"name": "p", "instance_type": "one"}
    tight = cluster("a", "east", pool, nodes=[running("p-new-1", "p", 0)])
    plan = solved("cheapest", fleet(clusters=[tight], workloads=[workload("w", 1)]))
    assert [node.name for node in plan.nodes] == ["p-new-1", "p-new-2"]
