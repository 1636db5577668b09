"""The judge on one hand-made fleet: what each rule forbids, and what it still allows."""

import ast
from pathlib import Path

import pytest

import placement
from placement.verify import RULES, verify
from tests.judged_fleet import Edits, plan, problem

GPU = "nvidia.com/gpu"


def broken(of_problem: Edits, of_plan: Edits | None = None) -> set[str]:
    """Return the rules that the edited plan breaks in the edited fleet."""
    return {violation.rule for violation in verify(problem(of_problem), plan(of_plan))}


def test_a_valid_plan_breaks_no_rule() -> None:
    assert verify(problem(), plan()) == ()


def test_a_violation_says_rule_place_and_what_must_hold() -> None:
    (found,) = verify(problem({"workloads 1 tolerations": []}), plan())
    assert str(found) == (
        "taints: nodes[6] c2/spot-1: default/b does not tolerate spot=:NoSchedule"
    )
    assert found.rule in RULES


# Each row: the rule that the edited fleet makes the plan break ("" for none), and the edit.
OF_PROBLEM: list[tuple[str, str, object]] = [
    ("demand", "workloads 0 replicas", 4),
    ("demand", "workloads 2 replicas", 2),
    ("capacity", f"clusters 0 nodes 0 free {GPU}", 1),
    ("capacity", "clusters 0 nodes 0 free pods", 1),
    ("capacity", "clusters 0 nodes 0 free cpu", "2500m"),
    ("", "clusters 0 nodes 0 free cpu", 3),
    ("", "clusters 0 nodes 0 free", {"cpu": 3, "memory": "9Gi", GPU: 2}),
    ("capacity", "workloads 0 requests example.com/nic", 1),
    ("capacity", "instance_types 0 allocatable memory", "15Gi"),
    ("", "instance_types 0 allocatable memory", "16Gi"),
    ("capacity", "instance_types 0 allocatable pods", 1),
    ("memory_fit", "workloads 1 model parameters", 80_000_000_000),
    ("memory_fit", "workloads 1 serving tensor_parallel", 2),
    ("memory_fit capacity", f"workloads 1 requests {GPU}", 2),
    ("", f"workloads 1 requests {GPU}", 1),
    ("cluster_affinity", "workloads 1 cluster_affinity cluster_names", ["c1"]),
    ("cluster_affinity", "workloads 1 cluster_affinity exclude", ["c2"]),
    ("cluster_affinity", "workloads 1 cluster_affinity regions", ["west"]),
    ("", "workloads 1 cluster_affinity regions", ["west", "east"]),
    ("cluster_affinity", "workloads 1 cluster_affinity zones", ["z1"]),
    ("", "workloads 0 cluster_affinity", {"zones": ["z1"]}),
    ("cluster_affinity", "workloads 0 cluster_affinity", {"zones": ["z2"]}),
    ("", "workloads 1 cluster_affinity providers", ["aws"]),
    ("cluster_affinity", "workloads 1 cluster_affinity providers", ["alibaba"]),
    (
        "cluster_affinity",
        "workloads 1 cluster_affinity label_selector",
        {"match_labels": {"a": "b"}},
    ),
    ("taints", "workloads 1 tolerations", []),
    ("taints", "workloads 1 tolerations", [{"key": "spot", "value": "other"}]),
    ("taints", "workloads 1 tolerations", [{"key": "other", "operator": "Exists"}]),
    ("taints", "workloads 1 tolerations", [{"operator": "Exists", "effect": "NoExecute"}]),
    ("", "workloads 1 tolerations", [{"key": "spot", "value": ""}]),
    ("", "workloads 1 tolerations", [{"operator": "Exists"}]),
    ("taints", "clusters 0 taints", [{"key": "x", "effect": "NoExecute"}]),
    ("", "clusters 0 taints", [{"key": "x", "effect": "PreferNoSchedule"}]),
    ("taints", "clusters 0 nodes 2 taints", [{"key": "x", "effect": "NoSchedule"}]),
    ("node_selector", "workloads 2 node_selector", {"topology.kubernetes.io/zone": "z2"}),
    ("", "workloads 2 node_selector", {"failure-domain.beta.kubernetes.io/zone": "z1"}),
    ("", "workloads 2 node_selector", {"topology.kubernetes.io/region": "east"}),
    ("node_selector", "workloads 2 node_selector", {"node.kubernetes.io/instance-type": "old"}),
    ("", "workloads 1 node_selector", {"beta.kubernetes.io/instance-type": "solo"}),
    ("", "workloads 1 node_selector", {"karpenter.sh/capacity-type": "spot"}),
    ("node_selector", "workloads 1 node_selector", {"karpenter.sh/capacity-type": "on-demand"}),
    ("node_selector", "workloads 1 node_selector", {"disk": "ssd"}),
    ("capacity_types", "workloads 1 capacity_types", ["on-demand", "reserved"]),
    ("allowed_types", "workloads 1 gpu_models", {"deny": ["H100"]}),
    ("allowed_types", "workloads 2 gpu_models", {"allow": ["A10"]}),
    ("allowed_types", "workloads 2 instance_types", {"allow": ["quad"]}),
    ("", "workloads 2 instance_types", {"deny": ["solo"]}),
    ("allowed_types", "workloads 1 instance_types", {"deny": ["solo"]}),
    ("stock", "offerings 0 stock", 0),
    ("stock", "offerings 2 stock", 0),
    ("", "offerings 1 stock", 0),
    ("stock", "offerings 4 stock", 0),
    ("quota", "quotas 0 limit", 1),
    ("", "quotas 0 region", "west"),
    ("quota", "quotas 0", {"name": "q", "resource": "vcpus", "limit": 47}),
    ("", "quotas 0", {"name": "q", "resource": "vcpus", "limit": 48}),
    ("quota", "quotas 0", {"name": "q", "resource": GPU, "limit": 9}),
    ("quota", "quotas 0", {"name": "q", "resource": "cpu", "limit": "47900m"}),
    ("quota", "quotas 0", {"name": "q", "capacity_types": ["spot"], "limit": 0}),
    ("", "quotas 0", {"name": "q", "capacity_types": ["spot"], "limit": 1}),
    ("", "quotas 0", {"name": "q", "capacity_types": ["reserved"], "limit": 0}),
    ("pool_minimum", "clusters 0 node_pools 0 min_nodes", 3),
    ("pool_minimum", "clusters 1 node_pools 1 min_nodes", 2),
    ("pool_maximum", "clusters 1 node_pools 1 max_nodes", 0),
    ("", "clusters 1 node_pools 0 max_nodes", 0),
    ("cluster_limit", "clusters 0 limits", {GPU: 7}),
    ("", "clusters 0 limits", {GPU: 8, "nodes": 3, "cpu": 34}),
    ("cluster_limit", "clusters 0 limits", {"nodes": 2}),
    ("cluster_limit", "clusters 0 limits", {"cpu": 33}),
    ("release", "clusters 0 nodes 1 releasable", False),
    ("release", "clusters 1 nodes 1 releasable", False),
    ("cost", "offerings 0 price", 4.06),
    ("cost", "offerings 3 price", 2.51),
    ("cost", "clusters 0 nodes 0 price", 4),
    ("", "clusters 0 nodes 2 price", 100),
    ("cost", "currency", "EUR"),
    ("nodes cost node_selector", "clusters 0 nodes 0 zone", "z2"),
    ("nodes", "clusters 0 node_pools 0 zones", ["z2"]),
]


@pytest.mark.parametrize(("rule", "path", "value"), OF_PROBLEM)
def test_the_plan_breaks_exactly_this_rule_once_the_fleet_changes(
    rule: str, path: str, value: object
) -> None:
    assert broken({path: value}) == set(rule.split())


# Each row: the rules broken, and what the plan says instead.
OF_PLAN: list[tuple[str, Edits]] = [
    ("", {"status": "feasible", "lower_bound": 5.65, "gap": 0.5}),
    ("bound", {"lower_bound": 5.65, "gap": 0.5}),
    ("bound", {"status": "feasible", "lower_bound": 5.65}),
    ("bound", {"lower_bound": 11.4, "gap": (11.3 - 11.4) / 11.3}),
    ("", {"lower_bound": 11.3 * (1 - 1e-7), "gap": 1e-7}),
    ("", {"cost_per_hour": 11.3 * (1 + 1e-12)}),
    ("cost", {"cost_per_hour": 11.3 * (1 + 1e-8)}),
    ("cost", {"objective egress": 0.1}),
    ("cost", {"nodes 2 price": 0.1}),
    ("cost", {"nodes 1 price": 0}),
    ("cost", {"currency": "CNY"}),
    ("demand", {"unplaced": []}),
    ("demand", {"unplaced 0 workload": "default/x"}),
    ("demand packing", {"assignments 0 workload": "default/x"}),
    ("packing", {"nodes 3 replicas 0 replicas": 1}),
    ("packing", {"nodes 3 replicas 0 workload": "default/x"}),
    ("packing", {"nodes 3 name": "n1"}),
    ("nodes packing node_pools pool_minimum cost", {"nodes 3 cluster": "c9"}),
    (
        "packing",
        {"nodes 3 replicas": [{"workload": "default/a", "replicas": 1}] * 2},
    ),
    ("packing demand", {"assignments 2": plan().assignments[3].model_dump()}),
    ("packing", {"nodes 3 name": "m1"}),
    ("", {"nodes 3 name": "n9"}),
    ("packing", {"assignments 3 zone": None}),
    ("packing", {"assignments 3 node_pool": None}),
    ("nodes packing stock cost", {"nodes 3 zone": None}),
    ("nodes packing stock cost", {"nodes 3 zone": "z9"}),
    ("nodes packing stock cost", {"nodes 6 zone": "z1", "nodes 6 replicas": []}),
    ("nodes packing", {"nodes 0 zone": "z2"}),
    ("nodes packing", {"nodes 3 capacity_type": "spot"}),
    ("nodes packing", {"nodes 2 instance_type": None}),
    ("memory_fit", {"assignments 0 gpus_per_replica": 1}),
    ("memory_fit", {"assignments 2 gpus_per_replica": 1}),
    (
        "release packing node_selector",
        {"nodes 1 replicas": [{"workload": "default/c", "replicas": 1}]},
    ),
    ("node_pools", {"node_pools 2 change": 0}),
    ("node_pools", {"node_pools 2 cluster": "c1"}),
    ("node_pools", {"node_pools": []}),
]


@pytest.mark.parametrize(("rules", "edits"), OF_PLAN)
def test_the_plan_breaks_exactly_these_rules_once_it_changes(rules: str, edits: Edits) -> None:
    assert broken({}, edits) == set(rules.split())


def test_a_kept_empty_releasable_node_is_right_only_where_the_minimum_needs_it() -> None:
    kept = {
        "nodes 1 state": "existing",
        "node_pools 0": {
            "cluster": "c1",
            "node_pool": "gpu",
            "nodes_now": 2,
            "nodes_planned": 3,
            "change": 1,
        },
        **dict.fromkeys(("cost_per_hour", "objective nodes", "objective total"), 15.4),
        "lower_bound": 15.4,
    }
    assert broken({}, kept) == {"release"}
    assert broken({"clusters 0 node_pools 0 min_nodes": 3}, kept) == set()


def test_a_node_of_no_pool_is_listed_only_with_replicas_and_never_released() -> None:
    fewer = {"workloads 2 replicas": 1}
    rows = [row.model_dump() for row in plan().assignments if row.node_pool]
    empty: Edits = {"assignments": rows, "nodes 2 replicas": []}
    assert broken(fewer, empty) == {"nodes"}
    assert broken(fewer, empty | {"nodes 2 state": "released"}) == {"nodes", "release"}


def test_what_runs_over_a_quota_or_limit_stays_while_nothing_is_added() -> None:
    spot_gone: Edits = {
        "assignments": [r.model_dump() for r in plan().assignments if r.workload != "default/b"],
        "nodes": [n.model_dump() for n in plan().nodes if n.name != "spot-1"],
        "node_pools 2 nodes_planned": 0,
        "node_pools 2 change": 0,
        "unplaced 0 replicas": 2,
        **dict.fromkeys(("cost_per_hour", "objective nodes", "objective total"), 10.6),
        "lower_bound": 10.6,
    }
    assert broken({"quotas 0 limit": 0}) == {"quota"}
    assert broken({"quotas 0 limit": 0, "clusters 1 limits": {"nodes": 0}}, spot_gone) == set()


def test_without_zonal_rows_a_new_node_may_be_in_any_zone_or_none() -> None:
    wide = [row.model_dump() for row in problem().offerings if row.zone is None]
    wide[0]["price"] = 4.05
    region: Edits = {"offerings": wide, "clusters 0 nodes 1 price": 4.1}
    assert broken(region) == set()
    rows = [row.model_dump() for row in plan().assignments]
    rows[0]["replicas"] = 1
    rows.append(rows[0] | {"zone": None, "replicas": 2})
    somewhere: Edits = {"nodes 3 zone": None, "assignments": rows}
    assert broken(region, somewhere) == set()
    wanted = {"workloads 0 cluster_affinity": {"zones": ["z1", "z2"]}}
    assert broken(region | wanted, somewhere) == {"cluster_affinity"}


def test_a_running_node_inherits_the_only_zone_of_its_pool() -> None:
    alone = {"clusters 0 node_pools 0 zones": ["z1"], "clusters 0 nodes 0 zone": None}
    assert broken(alone) == set()


def test_a_model_is_not_placed_where_the_type_is_unknown() -> None:
    model = {"parameters": 1_500_000_000, "layers": 28, "kv_heads": 2, "head_dim": 128}
    assert broken({"workloads 2 model": model}) >= {"memory_fit"}


def test_a_label_that_is_absent_is_not_in_a_list() -> None:
    """As in Kubernetes, NotIn and DoesNotExist hold where the key is absent."""
    for operator, values, rule in (
        ("NotIn", ["x"], set()),
        ("DoesNotExist", [], set()),
        ("In", ["x"], {"cluster_affinity"}),
        ("Exists", [], {"cluster_affinity"}),
    ):
        match = {"key": "tier", "operator": operator, "values": values}
        path = "workloads 1 cluster_affinity label_selector"
        assert broken({path: {"match_expressions": [match]}}) == rule


def test_every_row_of_nodes_that_are_alike_is_named_in_the_order_of_the_plan() -> None:
    of_plan = plan()
    (at,) = [i for i, node in enumerate(of_plan.nodes) if node.name == "spot-1"]
    spot = of_plan.nodes[at]
    more = tuple(spot.model_copy(update={"name": f"spot-{number}"}) for number in (2, 3))
    of_plan = of_plan.model_copy(update={"nodes": (more[0], *of_plan.nodes, more[1])})
    found = verify(problem({"workloads 1 tolerations": []}), of_plan)
    named = [violation.where for violation in found if violation.rule == "taints"]
    last = len(of_plan.nodes) - 1
    assert named == [
        "nodes[0] c2/spot-2",
        f"nodes[{at + 1}] c2/spot-1",
        f"nodes[{last}] c2/spot-3",
    ]


STANDARD = {
    "collections",
    "collections.abc",
    "dataclasses",
    "decimal",
    "fractions",
    "heapq",
    "itertools",
    "typing",
}


def test_the_judge_shares_no_code_with_what_it_judges() -> None:
    rooms = ("verify", "problem", "plan", "memory", "quantity", "errors")
    allowed = tuple(f"placement.{room}" for room in rooms)
    for file in (Path(placement.__file__).parent / "verify").glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            for name in names:
                ours = name.startswith(allowed) and name != "placement.problem.offers"
                assert ours or name in STANDARD
