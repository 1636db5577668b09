"""The judge on ``spread``: groups by every key, their number, shares and skew."""

from typing import Any

import pytest

from placement.problem import Problem
from tests.two_regions import fleet, workload
from tests.written_plan import New, broken, written

Held = dict[str, int]
W = {"w": 1}
TWO = {"w": 2}


def judged(spread: dict[str, Any], running: Held, new: list[New], **fields: Any) -> set[str]:
    """Return the rules broken by a plan with so many replicas on running nodes and new ones."""
    problem = fleet(workload(spread=[spread], **fields))
    return broken(problem, plan_for(problem, running, new))


def plan_for(problem: Problem, running: Held, new: list[New]) -> Any:
    """Return the plan; the one node that may be let go is released where it ends empty."""
    loads = {name: {"w": count} for name, count in running.items()}
    return written(problem, {"e2": None, **loads}, new)


# Each row: whether the rule holds, the rule, replicas on running nodes, and new nodes.
ROWS: list[tuple[bool, dict[str, Any], Held, list[New]]] = [
    (True, {"by": "cluster", "min_groups": 2}, {"e1": 1, "w1": 1}, []),
    (False, {"by": "cluster", "min_groups": 2}, {"e1": 1, "e2": 1}, []),
    (False, {"by": "cluster", "max_groups": 1}, {"e1": 1, "w1": 1}, []),
    (True, {"by": "region", "max_groups": 1}, {"w1": 1}, [("z-plain", None, W)]),
    (False, {"by": "region", "max_groups": 1}, {"e1": 1}, [("z-plain", None, W)]),
    # zones of the same name in two regions are two groups
    (True, {"by": "zone", "min_groups": 2}, {"e1": 1, "w1": 1}, []),
    (False, {"by": "zone", "max_groups": 1}, {"e1": 1, "w1": 1}, []),
    (False, {"by": "zone", "min_groups": 2}, {"e1": 2}, [("e-plain", "a", W)]),
    (True, {"by": "zone", "min_groups": 2}, {"e1": 2}, [("e-plain", "b", W)]),
    # nodes without a zone are refused: of no pool, left open, or in a cluster that states none
    (False, {"by": "zone"}, {"m": 1}, []),
    (False, {"by": "zone"}, {"e1": 1}, [("e-plain", None, W)]),
    (False, {"by": "zone"}, {"e1": 1}, [("z-plain", None, W)]),
    # the label of the zone means the zone, whatever the cluster says
    (False, {"by": "topology.kubernetes.io/zone", "max_groups": 1}, {"e1": 1, "e2": 1}, []),
    (True, {"by": "topology.kubernetes.io/zone", "min_groups": 2}, {"e1": 1, "w1": 1}, []),
    # stated, or what the pools' types agree on
    (True, {"by": "provider", "min_groups": 2}, {"e1": 1, "w1": 1}, []),
    (False, {"by": "provider", "min_groups": 2}, {"e1": 1, "m": 1}, [("z-plain", None, W)]),
    (True, {"by": "node", "min_groups": 3}, {"e1": 1, "m": 1}, [("e-plain", "a", W)]),
    (False, {"by": "node", "max_groups": 2}, {"e1": 1, "m": 1}, [("e-plain", "a", W)]),
    (True, {"by": "kubernetes.io/hostname", "min_groups": 2}, {"e1": 1, "e2": 1}, []),
    (False, {"by": "kubernetes.io/hostname", "min_groups": 2}, {"e1": 2}, []),
    (False, {"by": "node_pool"}, {"m": 1}, []),
    (False, {"by": "node_pool", "min_groups": 2}, {"e1": 1, "e2": 1}, []),
    (True, {"by": "node_pool", "min_groups": 2}, {"e1": 1}, [("e-duo", "a", W)]),
    (False, {"by": "instance_type"}, {"m": 1}, []),
    (True, {"by": "instance_type", "min_groups": 2}, {"w1": 1}, [("e-duo", "a", W)]),
    (False, {"by": "instance_type", "min_groups": 2}, {"w1": 1, "e1": 1}, []),
    (True, {"by": "capacity_type", "min_groups": 2}, {"m": 1}, [("e-spot", "a", W)]),
    (False, {"by": "capacity_type", "min_groups": 2}, {"m": 1, "e1": 1}, []),
    # the cluster's label; a cluster without it is refused
    (True, {"by": "rack", "min_groups": 2}, {"m": 1}, [("z-plain", None, W)]),
    (False, {"by": "rack"}, {"w1": 1}, []),
    # a node's own label over its pool's, and a new node has its pool's
    (True, {"by": "row", "min_groups": 2}, {"e1": 1, "e2": 1}, []),
    (True, {"by": "row", "max_groups": 1}, {"e1": 1}, [("z-plain", None, W)]),
    (False, {"by": "row", "min_groups": 2}, {"e1": 1}, [("e-plain", "b", W)]),
    (False, {"by": "row"}, {"m": 1}, []),
    # shares of what is placed, exactly
    (True, {"by": "region", "max_fraction": 0.6}, {"e1": 3, "w1": 2}, []),
    (False, {"by": "region", "max_fraction": 0.59}, {"e1": 3, "w1": 2}, []),
    (True, {"by": "node", "max_fraction": 0.1}, {}, []),
    (False, {"by": "node", "max_fraction": 0.33}, {"e1": 1, "w1": 1, "e2": 1}, []),
    # the clusters z (empty) and w (empty) could carry it, too
    (True, {"by": "cluster", "max_skew": 2}, {"e1": 2}, []),
    (False, {"by": "cluster", "max_skew": 2}, {"e1": 3}, []),
    (False, {"by": "cluster", "max_skew": 2}, {"e1": 3, "w1": 1}, []),
    (True, {"by": "cluster", "max_skew": 2}, {"e1": 3, "w1": 1}, [("z-plain", None, W)]),
    (True, {"by": "capacity_type", "max_skew": 1}, {"e1": 2}, [("e-spot", "a", W)]),
    (False, {"by": "capacity_type", "max_skew": 1}, {"e1": 2}, []),
    # by node only those that are there in the end count, e2 only where it is kept
    (False, {"by": "node", "max_skew": 1}, {"e1": 2, "w1": 1}, []),  # m is empty
    (True, {"by": "node", "max_skew": 1}, {"e1": 2, "w1": 1, "m": 1}, []),
    (False, {"by": "node", "max_skew": 1}, {"e1": 3, "w1": 2, "m": 2, "e2": 1}, []),
    (True, {"by": "node", "max_skew": 1}, {"e1": 2, "w1": 1, "m": 1, "e2": 1}, []),
    (False, {"by": "node", "max_skew": 1}, {"e1": 3, "w1": 2, "m": 2}, [("e-duo", "a", W)]),
]


@pytest.mark.parametrize(("holds", "rule", "running", "new"), ROWS)
def test_plans_break_spread_alone_where_replicas_are_not_spread(
    holds: bool, rule: dict[str, Any], running: Held, new: list[New]
) -> None:
    assert judged(rule, running, new) == (set() if holds else {"spread"})


def test_a_workload_of_which_nothing_is_placed_is_spread_well() -> None:
    assert judged({"by": "zone", "min_groups": 9}, {}, []) == set()


SKEW = {"by": "cluster", "max_skew": 1}


@pytest.mark.parametrize(
    "fields",
    [
        {"cluster_affinity": {"cluster_names": ["e"]}},
        {"cluster_affinity": {"zones": ["b"]}, "spread": [{"by": "region", "max_skew": 1}]},
        {"node_selector": {"row": "2"}},
        {"node_selector": {"topology.kubernetes.io/region": "east"}},
        {"instance_types": {"allow": ["duo"]}, "cluster_affinity": {"exclude": ["w"]}},
        {"requests": {"cpu": 1, "nvidia.com/gpu": 1}, "cluster_affinity": {"exclude": ["w"]}},
    ],
)
def test_groups_that_a_static_rule_closes_are_no_candidates(fields: dict[str, Any]) -> None:
    """All is in `e`; `w` or `z` would have to carry some, were they not closed."""
    closed = fields.get("spread") is None
    problem = fleet(workload(**{"spread": [SKEW], **fields}))
    wants_gpu = "instance_types" in fields or "nvidia.com/gpu" in fields.get("requests", {})
    at = ("e-duo", "b") if wants_gpu else ("e2", None)
    loads = {"e2": None} if wants_gpu else {"e2": TWO}
    plan = written(problem, loads, [(at[0], at[1], TWO)] if wants_gpu else [])
    assert broken(problem, plan) == (set() if closed else {"spread"})
    open_again = fleet(workload(spread=[SKEW], requests=fields.get("requests", {"cpu": 1})))
    assert broken(open_again, plan) == {"spread"}


def test_taints_and_users_close_groups_and_stock_and_maxima_do_not() -> None:
    document = fleet(workload(spread=[SKEW])).model_dump(mode="json")
    for cluster in document["clusters"]:
        for pool in cluster["node_pools"]:
            pool["max_nodes"] = 0
    for row in document["offerings"]:
        row["stock"] = 0
    sold_out = Problem.model_validate(document)
    assert broken(sold_out, plan_for(sold_out, {"e1": 2}, [])) == {"spread"}
    taint = [{"key": "x", "effect": "NoSchedule"}]
    document["clusters"][1]["taints"] = document["clusters"][2]["taints"] = taint
    tainted = Problem.model_validate(document)
    assert broken(tainted, plan_for(tainted, {"e1": 2}, [])) == set()
    near = {"regions": {"east": 1.0}, "max_ms": 5}
    far = {"latency_ms": [{"from": "east", "to": "west", "ms": 50}]}
    users = fleet(workload(spread=[SKEW], users=near), network=far)
    assert broken(users, plan_for(users, {"e1": 2}, [])) == set()


def test_a_full_node_makes_its_group_a_candidate_and_a_pool_that_nobody_offers_does_not() -> None:
    document = fleet(workload(spread=[SKEW])).model_dump(mode="json")
    del document["clusters"][2]
    document["clusters"][1]["nodes"][0]["free"] = {}
    full = Problem.model_validate(document)
    assert broken(full, plan_for(full, {"e1": 2}, [])) == {"spread"}
    document["clusters"][1]["nodes"] = []
    gone = Problem.model_validate(document)
    assert broken(gone, plan_for(gone, {"e1": 2}, [])) == {"spread"}  # a new one could be bought
    document["offerings"] = [row for row in document["offerings"] if row["region"] == "east"]
    closed = Problem.model_validate(document)
    assert broken(closed, plan_for(closed, {"e1": 2}, [])) == set()


def test_zones_that_an_offering_covers_are_candidates_and_others_are_not() -> None:
    by_zone = {"by": "zone", "max_skew": 1}
    document = fleet(workload(spread=[by_zone])).model_dump(mode="json")
    del document["clusters"][1:]
    del document["clusters"][0]["node_pools"][1:]
    document["clusters"][0]["nodes"][1:] = []
    wide = Problem.model_validate(document)
    assert broken(wide, plan_for(wide, {"e1": 2}, [])) == {"spread"}
    document["offerings"] = [document["offerings"][0] | {"zone": "a"}]
    narrow = Problem.model_validate(document)
    assert broken(narrow, plan_for(narrow, {"e1": 2}, [])) == set()


def test_nodes_of_no_pool_are_candidates_by_what_is_allocatable_else_free() -> None:
    by_node = workload(spread=[{"by": "node", "max_skew": 1}], requests={"cpu": 2})
    document = fleet(by_node).model_dump(mode="json")
    loose = document["clusters"][0]["nodes"][2]
    loads = {"e1": 2, "w1": 1}
    loose["free"] = {"cpu": 1}
    small = Problem.model_validate(document)
    assert broken(small, plan_for(small, loads, [])) == set()
    loose["allocatable"] = {"cpu": 2}
    large = Problem.model_validate(document)
    assert broken(large, plan_for(large, loads, [])) == {"spread"}


def test_a_replica_over_several_nodes_counts_with_each() -> None:
    rule = {"by": "region", "max_fraction": 0.5}
    wide = workload(spread=[rule], nodes_per_replica=2, requests={"cpu": 1, "nvidia.com/gpu": 2})
    problem = fleet(wide)
    east: list[New] = [("e-duo", "a", {"w": part}) for part in ("1/2", "2/2")]
    west: list[New] = [("w-duo", "b", {"w": part}) for part in ("1/2", "2/2")]
    assert broken(problem, plan_for(problem, {}, [*east, *west])) == set()
    assert broken(problem, plan_for(problem, {}, [*east, *east, *west])) == {"spread"}
    skew = fleet(wide | {"spread": [{"by": "region", "max_skew": 1}]})
    assert broken(skew, plan_for(skew, {}, east)) == {"spread"}
    skew = fleet(wide | {"spread": [{"by": "region", "max_skew": 2}]})
    assert broken(skew, plan_for(skew, {}, east)) == set()


def test_nodes_of_one_name_in_two_clusters_are_two_nodes() -> None:
    rule = {"by": "node", "min_groups": 2}
    document = fleet(workload(spread=[rule])).model_dump(mode="json")
    document["clusters"][1]["nodes"][0]["name"] = "e1"
    problem = Problem.model_validate(document)
    assert broken(problem, plan_for(problem, {"e1": 1}, [])) == set()


def test_types_that_capacity_load_or_memory_close_are_no_candidates() -> None:
    on_demand = {"capacity_types": ["on-demand"]}
    assert judged({"by": "capacity_type", "max_skew": 1}, {"e1": 2}, [], **on_demand) == set()
    by_type = {"by": "instance_type", "max_skew": 1}
    for rates, rules in (({"plain": 5.0}, set()), ({"plain": 5.0, "duo": 5.0}, {"spread"})):
        load = {"amount": 10.0, "per_replica": rates}
        assert judged(by_type, {"e1": 2}, [], load=load) == rules
    model = {"parameters": 8_190_735_360, "layers": 36, "kv_heads": 8, "head_dim": 128}
    problem = fleet(workload(spread=[by_type], model=model, serving={"max_model_len": 4096}))
    plan = plan_for(problem, {}, [("e-duo", "a", TWO)])
    rows = tuple(row.model_copy(update={"gpus_per_replica": 1}) for row in plan.assignments)
    assert broken(problem, plan.model_copy(update={"assignments": rows})) == set()


def test_nodes_with_labels_of_their_own_are_judged_one_by_one() -> None:
    """e1 has the label of its pool and is closed; e2 is empty and open, so e3 has one too many."""
    rule = {"by": "node", "max_skew": 1}
    document = fleet(workload(spread=[rule], node_selector={"row": "2"})).model_dump(mode="json")
    nodes = document["clusters"][0]["nodes"]
    nodes[1] |= {"zone": "a", "releasable": False}
    nodes.append(nodes[1] | {"name": "e3"})
    problem = Problem.model_validate(document)
    assert broken(problem, plan_for(problem, {"e2": 1, "e3": 2}, [])) == set()
    assert broken(problem, written(problem, {"e2": {}, "e3": TWO})) == {"spread"}
