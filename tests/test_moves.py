"""The list of moves: the fewest, in an order for which there is always room."""

from typing import Any

import pytest

from placement import Problem, place
from placement.moves import moves_of, needs_drain
from placement.plan import Move, NodePlan
from tests.move_replay import replayed

Json = dict[str, Any]


def fleet(
    nodes: dict[str, int], workloads: list[Json], *, pool: Json | None = None, **more: Any
) -> Problem:
    """Return one cluster whose pool has nodes of so many free GPUs each, of a type with 8."""
    kind = {
        "name": "big",
        "gpu": {"model": "H100", "count": 8, "memory": "80Gi"},
        "allocatable": {"cpu": 64},
    }
    cluster: Json = {
        "name": "c",
        "region": "r",
        "node_pools": [{"name": "p", "instance_type": "big", **(pool or {})}],
        "nodes": [
            {
                "name": name,
                "node_pool": "p",
                "free": {"cpu": 64, "nvidia.com/gpu": gpus},
                "releasable": True,
            }
            for name, gpus in nodes.items()
        ],
    }
    return Problem.model_validate(
        {
            "instance_types": [kind],
            "offerings": [{"region": "r", "instance_type": "big", "price": 1.0}],
            "clusters": [cluster],
            "workloads": workloads,
            **more,
        }
    )


def asks(name: str, gpus: int, current: dict[str | None, int], **more: Any) -> Json:
    """Return a workload that runs on nodes of the pool, as many replicas on each."""
    rows = [
        {"cluster": "c", "node_pool": "p", "node": node, "replicas": replicas}
        for node, replicas in current.items()
    ]
    asked = {"replicas": sum(current.values())} if "load" not in more else {}
    return {
        "name": name,
        "requests": {"nvidia.com/gpu": gpus},
        "current": rows,
        **asked,
        **more,
    }


def node(name: str, state: str = "existing", **replicas: Any) -> NodePlan:
    """Return a node of a plan; a replica's part is given in place of a count."""
    return NodePlan.model_validate(
        {
            "name": name,
            "cluster": "c",
            "node_pool": "p",
            "instance_type": "big",
            "capacity_type": "on-demand",
            "state": state,
            "price": 1.0,
            "replicas": [
                {"workload": f"default/{key}", "replicas": 1, "part": value}
                if isinstance(value, str)
                else {"workload": f"default/{key}", "replicas": value}
                for key, value in replicas.items()
            ],
        }
    )


def brief(moves: tuple[Move, ...]) -> list[tuple[str, str | None, str | None, int, str]]:
    """Return what rows say: workload, old node, new node, replicas, what happens first."""
    return [
        (
            move.workload.removeprefix("default/"),
            move.from_.node,
            move.to.node if move.to else None,
            move.replicas,
            move.first,
        )
        for move in moves
    ]


def test_a_chain_surges_from_the_free_end() -> None:
    problem = fleet({"n1": 8, "n2": 8, "n3": 8}, [asks("a", 8, {"n1": 1}), asks("b", 8, {"n2": 1})])
    plan = (node("n1", "released"), node("n2", a=1), node("n3", b=1))
    moves = moves_of(problem, plan)
    assert brief(moves) == [("b", "n2", "n3", 1, "surge"), ("a", "n1", "n2", 1, "surge")]
    assert replayed(problem, plan, moves) == 0


def test_a_swap_on_full_nodes_needs_one_drain() -> None:
    problem = fleet({"n1": 8, "n2": 8}, [asks("a", 8, {"n1": 1}), asks("b", 8, {"n2": 1})])
    plan = (node("n1", b=1), node("n2", a=1))
    moves = moves_of(problem, plan)
    assert brief(moves) == [("a", "n1", "n2", 1, "drain"), ("b", "n2", "n1", 1, "surge")]
    assert needs_drain(moves) == 1
    assert replayed(problem, plan, moves) == 1


def test_a_cycle_of_three_needs_one_drain() -> None:
    running = [asks("a", 8, {"n1": 1}), asks("b", 8, {"n2": 1}), asks("d", 8, {"n3": 1})]
    problem = fleet({"n1": 8, "n2": 8, "n3": 8}, running)
    plan = (node("n1", d=1), node("n2", a=1), node("n3", b=1))
    moves = moves_of(problem, plan)
    assert needs_drain(moves) == 1
    assert len(moves) == 3
    assert replayed(problem, plan, moves) == 1


def test_of_two_drains_the_one_with_fewer_stops_is_taken() -> None:
    problem = fleet({"n1": 8, "n2": 8}, [asks("a", 8, {"n1": 1}), asks("b", 1, {"n2": 8})])
    plan = (node("n1", b=8), node("n2", a=1))
    moves = moves_of(problem, plan)
    assert brief(moves) == [("a", "n1", "n2", 1, "drain"), ("b", "n2", "n1", 8, "surge")]
    assert replayed(problem, plan, moves) == 1


@pytest.mark.parametrize(
    "limit",
    [
        {"pool": {"max_nodes": 2}},
        {"quotas": [{"name": "q", "region": "r", "resource": "vcpus", "limit": 130}]},
    ],
)
def test_a_node_is_bought_only_once_a_release_lets_it(limit: Json) -> None:
    running = [asks("a", 8, {"n1": 1}), asks("b", 4, {"n2": 1})]
    problem = fleet({"n1": 8, "n2": 4}, running, **limit)
    plan = (node("n1", b=1), node("n2", "released"), node("p-1", "new", a=1))
    moves = moves_of(problem, plan)
    assert brief(moves) == [("a", "n1", "p-1", 1, "drain"), ("b", "n2", "n1", 1, "surge")]
    assert replayed(problem, plan, moves) == 1
    free = fleet({"n1": 8, "n2": 4}, running)
    assert brief(moves_of(free, plan)) == [
        ("a", "n1", "p-1", 1, "surge"),
        ("b", "n2", "n1", 1, "surge"),
    ]


def test_a_cluster_limit_holds_back_a_purchase() -> None:
    problem = fleet({"n1": 4}, [asks("a", 4, {"n1": 1}), asks("new", 4, {}, replicas=1)])
    cluster = problem.clusters[0].model_copy(update={"limits": {"nodes": 1}})
    problem = problem.model_copy(update={"clusters": (cluster,)})
    plan = (node("n1", "released"), node("p-1", "new", a=1, new=1))
    moves = moves_of(problem, plan)
    assert brief(moves) == [("a", "n1", "p-1", 1, "drain")]
    assert replayed(problem, plan, moves) == 1


def test_a_scale_down_is_no_move_and_takes_the_first_place() -> None:
    problem = fleet({"n1": 8, "n2": 8, "n3": 8}, [asks("a", 2, {"n1": 2, "n2": 2}, replicas=3)])
    plan = (node("n1", "released"), node("n2", "released"), node("n3", a=3))
    moves = moves_of(problem, plan)
    assert brief(moves) == [("a", "n1", "n3", 1, "surge"), ("a", "n2", "n3", 2, "surge")]
    assert moves_of(problem, (node("n1", a=1), node("n2", a=2), node("n3", "released"))) == ()


def test_a_scale_down_makes_room_before_the_first_move() -> None:
    running = [asks("a", 8, {"n1": 1}, replicas=0), asks("b", 8, {"n2": 1})]
    problem = fleet({"n1": 8, "n2": 8}, running)
    plan = (node("n1", b=1), node("n2", "released"))
    assert brief(moves_of(problem, plan)) == [("b", "n2", "n1", 1, "surge")]


def test_new_replicas_are_no_moves() -> None:
    problem = fleet({"n1": 8, "n2": 8}, [asks("a", 2, {"n1": 1}, replicas=4)])
    assert moves_of(problem, (node("n1", a=1), node("n2", a=3))) == ()


def test_replicas_that_arrive_nowhere_stop_and_need_no_drain() -> None:
    problem = fleet({"n1": 8, "n2": 8}, [asks("a", 4, {"n1": 2}), asks("b", 8, {"n2": 1})])
    plan = (node("n1", b=1), node("n2", a=1))
    moves = moves_of(problem, plan)
    assert brief(moves) == [
        ("a", "n1", None, 1, "drain"),
        ("a", "n1", "n2", 1, "drain"),
        ("b", "n2", "n1", 1, "surge"),
    ]
    assert needs_drain(moves) == 1
    assert replayed(problem, plan, moves) == 1


def test_an_empty_plan_moves_everything_away() -> None:
    problem = fleet({"n1": 8}, [asks("a", 2, {"n1": 3})])
    assert brief(moves_of(problem, ())) == [("a", "n1", None, 3, "drain")]


def test_of_a_load_every_fall_in_replicas_is_a_scale_down() -> None:
    load = {"amount": 2.0, "per_replica": {"big": 1.0}}
    problem = fleet({"n1": 8, "n2": 8}, [asks("a", 2, {"n1": 3}, load=load)])
    assert moves_of(problem, (node("n1", a=2),)) == ()
    moved = moves_of(problem, (node("n1", "released"), node("n2", a=2)))
    assert brief(moved) == [("a", "n1", "n2", 2, "surge")]


def test_rows_of_a_pool_do_not_mind_the_node() -> None:
    problem = fleet({"n1": 8, "n2": 8}, [asks("a", 2, {None: 4})])
    assert moves_of(problem, (node("n1", "released"), node("n2", a=4))) == ()


def test_a_row_that_names_a_node_and_one_that_does_not_share_the_pool() -> None:
    problem = fleet({"n1": 8, "n2": 8, "n3": 8}, [asks("a", 2, {"n1": 2, None: 2})])
    plan = (node("n1", "released"), node("n2", a=4), node("n3", "released"))
    assert brief(moves_of(problem, plan)) == [("a", "n1", "n2", 2, "surge")]
    assert moves_of(problem, (node("n1", a=4), node("n2", "released"))) == ()


def test_replicas_of_no_named_node_are_taken_to_be_where_the_plan_lets_them_stay() -> None:
    running = [asks("a", 8, {None: 1}), asks("b", 8, {"n2": 1})]
    problem = fleet({"n1": 8, "n2": 8, "n3": 8}, running)
    plan = (node("n1", a=1), node("n2", "released"), node("n3", b=1))
    assert brief(moves_of(problem, plan)) == [("b", "n2", "n3", 1, "surge")]


def test_a_change_of_nodes_within_a_pool_is_waited_for_and_not_listed() -> None:
    # a can only be on n2 now; it goes to n3 before b takes its room
    running = [asks("a", 8, {None: 1}), asks("b", 8, {"n1": 1})]
    problem = fleet({"n1": 8, "n2": 8, "n3": 8}, running)
    plan = (node("n1", "released"), node("n2", b=1), node("n3", a=1))
    assert brief(moves_of(problem, plan)) == [("b", "n1", "n2", 1, "surge")]


def test_where_no_start_is_found_nothing_comes_before_all_that_may_be_there_has_left() -> None:
    # 2 x 5 GPUs do not fit the 8 that are free, so it is not known where a runs
    running = [asks("a", 5, {None: 2}), asks("b", 1, {"n2": 1})]
    problem = fleet({"n1": 8, "n2": 1}, running)
    plan = (node("n1", b=1), node("n2", "released"), node("p-1", "new", a=1), node("p-2", "new"))
    moves = moves_of(problem, plan)
    assert [(move.workload, move.to is None) for move in moves] == [
        ("default/a", True),
        ("default/b", False),
    ]


def test_a_replica_over_several_nodes_may_change_nodes_within_its_pool() -> None:
    whole = {"requests": {"nvidia.com/gpu": 8}, "nodes_per_replica": 2}
    running = [asks("a", 8, {None: 1}, **whole), asks("b", 8, {"n3": 1})]
    problem = fleet({"n1": 8, "n2": 8, "n3": 8, "n4": 8, "n5": 8}, running)
    plan = (
        node("n1", "released"),
        node("n2", b=1),
        node("n3", a="1/2"),
        node("n4", a="2/2"),
        node("n5", "released"),
    )
    assert [move[:4] for move in brief(moves_of(problem, plan))] == [("b", "n3", "n2", 1)]


def test_moves_go_to_the_same_pool_first_then_to_the_same_region() -> None:
    document = fleet({"n1": 8, "n2": 8}, [asks("a", 2, {"n1": 2})]).model_dump(mode="json")
    far, near = (
        {**document["clusters"][0], "name": name, "region": region, "nodes": []}
        for name, region in (("b-far", "s"), ("d-near", "r"))
    )
    document["clusters"] += [far, near]
    document["offerings"].append({"region": "s", "instance_type": "big", "price": 1.0})
    document["workloads"][0]["replicas"] = 6
    problem = Problem.model_validate(document)
    new = node("p-1", "new", a=1)
    elsewhere = tuple(new.model_copy(update={"cluster": name}) for name in ("b-far", "d-near"))
    plan = (node("n1", "released"), node("n2", a=1), *elsewhere)
    moves = moves_of(problem, plan)
    assert [(m.to.cluster, m.replicas) for m in moves if m.to] == [("c", 1), ("d-near", 1)]


def test_a_threshold_that_does_not_count_is_warned_of() -> None:
    """One node is enough; a workload that fits on no node makes the threshold void."""
    chat = asks("chat", 1, {"n1": 1, "n2": 1})
    large = {"name": "large", "replicas": 1, "requests": {"nvidia.com/gpu": 9}}
    terms = {"min_saving": 0.9}
    stays = place(fleet({"n1": 8, "n2": 8}, [chat], objective=terms))
    moved = place(fleet({"n1": 8, "n2": 8}, [chat, large], objective=terms))
    assert (stays.cost_per_hour, stays.moves) == (2.0, ())
    assert (moved.cost_per_hour, len(moved.moves)) == (1.0, 1)
    assert moved.warnings == ("objective.min_saving does not count where something is left out",)
