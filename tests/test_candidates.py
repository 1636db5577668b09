"""Which workload may run where: each static rule, its reason, and the GPUs of a replica."""

from typing import Any

import pytest

from placement.candidates import Candidates, find_candidates
from placement.problem import Problem

Json = dict[str, Any]


def _type(name: str, model: str, count: int, memory: str, **gpu: str) -> Json:
    return {
        "name": name,
        "gpu": {"model": model, "count": count, "memory": memory, **gpu},
        "allocatable": {"cpu": 16, "memory": "64Gi"},
    }


TYPES = [
    _type("a10", "A10", 4, "24Gi"),
    _type("h100", "H100", 2, "80Gi"),
    _type("mi", "MI300X", 1, "192Gi", resource="amd.com/gpu"),
    {"name": "cpu", "allocatable": {"cpu": 16, "memory": "64Gi"}},
]
MODEL = {"name": "eight", "parameters": 8 * 10**9, "layers": 32, "kv_heads": 8, "head_dim": 128}
ARCHITECTURE = {
    "hidden_size": 4096,
    "intermediate_size": 14336,
    "vocab_size": 128256,
    "attention_heads": 32,
}


def found(
    workload: Json, *, kind: str = "a10", pool: Json | None = None, **cluster: Any
) -> Candidates:
    """Return the candidates of one workload and one pool `p` in the cluster `c`."""
    pools = [{"name": "p", "instance_type": kind, **(pool or {})}]
    return find_candidates(
        Problem.model_validate(
            {
                "instance_types": TYPES,
                "offerings": [
                    {
                        "region": "r",
                        "instance_type": each["name"],
                        "capacity_type": sort,
                        "price": 1,
                    }
                    for each in TYPES
                    for sort in ("on-demand", "reserved", "spot")
                ],
                "clusters": [{"name": "c", "region": "r", "node_pools": pools, **cluster}],
                "workloads": [{"name": "w", "replicas": 2, **workload}],
            }
        )
    )


def refusal(workload: Json, **fleet: Any) -> tuple[str, str]:
    """Return the rule and the reason against the pair; both empty where it is possible."""
    pairs = found(workload, **fleet)
    assert len(pairs.supplies) == 1
    rule, reason = pairs.why_not(0, 0)
    assert bool(rule) == bool(reason) == (pairs.workload.size == 0)
    return rule, reason


OK = ("", "")


@pytest.mark.parametrize("sort", ["on-demand", "reserved", "spot"])
def test_spot_has_to_be_allowed(sort: str) -> None:
    pool = {"capacity_type": sort}
    expected = ("capacity_types", "spot capacity is not among on-demand, reserved")
    assert refusal({}, pool=pool) == (expected if sort == "spot" else OK)
    assert refusal({"capacity_types": [sort]}, pool=pool) == OK


def affinity(fields: Json, **cluster: Any) -> str:
    """Return the reason of the cluster affinity, empty where it holds."""
    rule, reason = refusal({"cluster_affinity": fields}, **cluster)
    assert rule in {"", "cluster_affinity"}
    return reason


def test_every_part_of_an_affinity_must_hold_and_exclude_wins() -> None:
    assert affinity({}) == ""
    assert affinity({"cluster_names": ["c"], "regions": ["r", "s"]}) == ""
    assert affinity({"cluster_names": ["c"], "exclude": ["c"]}) == "cluster c is excluded"
    assert affinity({"cluster_names": ["c"], "regions": ["s"]}) == "region r is not among s"
    assert affinity({"providers": ["x"]}) == "provider unknown is not among x"
    assert affinity({"providers": ["x"]}, provider="x") == ""
    assert affinity({"providers": ["x", "y"]}, provider="z") == "provider z is not among x, y"


def test_affinity_to_a_zone_means_capacity_in_it() -> None:
    assert affinity({"zones": ["r-a"]}, zones=["r-a"]) == ""
    assert affinity({"zones": ["r-a"]}, zones=["r-b"]) == "zone r-b is not among r-a"
    assert affinity({"zones": ["r-a"]}) == "zone unknown is not among r-a"
    spanning = found({"cluster_affinity": {"zones": ["r-a"]}}, zones=["r-a", "r-b"])
    assert [spanning.supplies[s].zone for s in spanning.supply] == ["r-a"]


@pytest.mark.parametrize(
    ("operator", "values", "on_gold", "without"),
    [
        ("In", ["gold", "iron"], True, False),
        ("In", ["iron"], False, False),
        ("NotIn", ["iron"], True, True),  # a label that is not there is in no list
        ("NotIn", ["gold"], False, True),
        ("Exists", [], True, False),
        ("DoesNotExist", [], False, True),
    ],
)
def test_label_selectors_mean_what_kubernetes_means(
    operator: str, values: list[str], on_gold: bool, without: bool
) -> None:
    term = {"key": "tier", "operator": operator, "values": values}
    asks = {"label_selector": {"match_expressions": [term]}}
    assert (affinity(asks, labels={"tier": "gold"}) == "") is on_gold
    assert (affinity(asks) == "") is without


def test_labels_must_match_whole_and_the_reason_says_which_does_not() -> None:
    asks = {"label_selector": {"match_labels": {"tier": "gold", "old": "no"}}}
    assert affinity(asks, labels={"tier": "gold", "old": "no", "x": "y"}) == ""
    reason = affinity(asks, labels={"tier": "gold"})
    assert reason == "the cluster's label old is None, not 'no'"


TAINT = {"key": "k", "value": "v", "effect": "NoSchedule"}


@pytest.mark.parametrize(
    ("toleration", "tolerated"),
    [
        ({"key": "k", "value": "v"}, True),
        ({"key": "k", "value": "v", "effect": "NoSchedule"}, True),
        ({"key": "k", "value": "v", "effect": "NoExecute"}, False),
        ({"key": "k", "value": "x"}, False),
        ({"key": "k"}, False),  # Equal to the empty value
        ({"key": "k", "operator": "Exists"}, True),
        ({"key": "x", "operator": "Exists"}, False),
        ({"operator": "Exists"}, True),  # no key: every taint
        ({"operator": "Exists", "effect": "NoSchedule"}, True),
        ({"operator": "Exists", "effect": "NoExecute"}, False),
    ],
)
def test_tolerations_mean_what_kubernetes_means(toleration: Json, tolerated: bool) -> None:
    rule, reason = refusal({"tolerations": [toleration]}, pool={"taints": [TAINT]})
    assert (rule == "") is tolerated
    assert tolerated or reason == "the taint k=v:NoSchedule is not tolerated"


def test_taints_of_cluster_and_pool_must_each_be_tolerated() -> None:
    other = {"key": "c", "effect": "NoExecute"}
    both = [{"key": "k", "operator": "Exists"}, {"key": "c"}]
    fleet = {"pool": {"taints": [TAINT]}, "taints": [other]}
    assert refusal({"tolerations": both}, **fleet) == OK
    assert refusal({"tolerations": both[:1]}, **fleet)[1] == (
        "the taint c:NoExecute is not tolerated"
    )
    assert refusal({"tolerations": both[1:]}, **fleet)[0] == "taints"


def test_a_preference_never_forbids() -> None:
    assert refusal({}, pool={"taints": [{**TAINT, "effect": "PreferNoSchedule"}]}) == OK


def test_node_selectors_see_the_labels_of_pools_and_the_well_known_ones() -> None:
    for key, value in (
        ("disk", "ssd"),
        ("topology.kubernetes.io/region", "r"),
        ("topology.kubernetes.io/zone", "r-a"),
        ("node.kubernetes.io/instance-type", "a10"),
        ("karpenter.sh/capacity-type", "on-demand"),
    ):
        fleet = {"pool": {"labels": {"disk": "ssd"}}, "zones": ["r-a"]}
        assert refusal({"node_selector": {key: value}}, **fleet) == OK
        rule, reason = refusal({"node_selector": {key: "other"}}, **fleet)
        assert (rule, reason) == (
            "node_selector",
            f"the node label {key} is {value!r}, not 'other'",
        )
    assert refusal({"node_selector": {"disk": ""}})[1] == "the node label disk is not there, not ''"


def test_types_and_gpu_models_are_allowed_or_denied_and_deny_wins() -> None:
    assert refusal({"instance_types": {"allow": ["a10"]}, "gpu_models": {"allow": ["A10"]}}) == OK
    rule, reason = refusal({"instance_types": {"allow": ["h100"]}})
    assert (rule, reason) == ("allowed_types", "instance type a10 is not allowed")
    both = {"allow": ["A10"], "deny": ["A10"]}
    assert refusal({"gpu_models": both})[1] == "GPU model A10 is not allowed"
    assert refusal({"gpu_models": {"allow": ["A10"]}}, kind="cpu")[1] == (
        "GPU model unknown is not allowed"
    )
    assert refusal({"gpu_models": {"deny": ["A10"]}}, kind="cpu") == OK


@pytest.mark.parametrize("allow", ["instance_types", "gpu_models"])
def test_a_node_of_unknown_type_matches_no_allow_list(allow: str) -> None:
    known = {"instance_types": "a10", "gpu_models": "A10"}[allow]
    nodes = [{"name": "n", "free": {"cpu": 4, "nvidia.com/gpu": 4}}]
    loose = {"node_pools": [], "nodes": nodes}
    assert refusal({allow: {"allow": [known]}}, **loose)[0] == "allowed_types"
    assert refusal({allow: {"deny": [known]}}, **loose) == OK


def test_a_model_gets_as_many_gpus_as_its_memory_needs() -> None:
    eight = {**MODEL, **ARCHITECTURE}
    assert found({"model": eight}, kind="h100").gpus.tolist() == [1]
    large = {**eight, "parameters": 16 * 10**9}
    small_card, large_card = (found({"model": large}, kind=kind) for kind in ("a10", "h100"))
    assert small_card.gpus.tolist() == [2]  # 32 GB of weights on cards of 24 GiB
    assert large_card.gpus.tolist() == [1]
    for pairs in (small_card, large_card):
        column = pairs.resources.index("nvidia.com/gpu")
        assert pairs.requests[:, column].tolist() == pairs.gpus.tolist()


def test_a_model_that_fits_nowhere_on_a_node_is_refused_with_figures() -> None:
    huge = {**MODEL, **ARCHITECTURE, "parameters": 400 * 10**9}
    rule, reason = refusal({"model": huge})
    assert rule == "memory_fit"
    for word in ("GiB", "per GPU", "weights", "KV cache", "A10"):
        assert word in reason
    assert refusal({"model": huge}, kind="cpu") == ("memory_fit", "has no GPU")


def test_memory_is_not_judged_where_the_gpus_are_not_known() -> None:
    nodes = [{"name": "n", "free": {"cpu": 4, "nvidia.com/gpu": 4}}]
    asks = {"model": {**MODEL, **ARCHITECTURE}}
    rule, reason = refusal(asks, node_pools=[], nodes=nodes)
    assert (rule, "cannot be judged" in reason) == ("memory_fit", True)


def test_the_degree_is_as_stated_and_pipeline_stages_multiply_it() -> None:
    small = {**MODEL, **ARCHITECTURE, "parameters": 10**9}
    assert found({"model": small, "serving": {"tensor_parallel": 2}}).gpus.tolist() == [2]
    serving = {"tensor_parallel": 2, "pipeline_parallel": 2}
    assert found({"model": small, "serving": serving}).gpus.tolist() == [4]
    assert found({"model": small, "requests": {"nvidia.com/gpu": 2}}).gpus.tolist() == [2]
    rule, reason = refusal({"model": small, "serving": {"tensor_parallel": 8}})
    assert (rule, reason) == ("memory_fit", "needs 8 GPUs on one node, which has 4")


def test_without_a_model_gpus_are_as_asked() -> None:
    assert found({"requests": {"nvidia.com/gpu": 3}}).gpus.tolist() == [3]
    assert found({"requests": {"amd.com/gpu": 1}}, kind="mi").gpus.tolist() == [1]
    assert found({}).gpus.tolist() == [0]


def test_a_replica_that_an_empty_node_cannot_hold_is_refused_with_both_figures() -> None:
    assert refusal({"requests": {"nvidia.com/gpu": 5}}) == (
        "room",
        "a replica needs 5 nvidia.com/gpu, a node has 4 free",
    )
    assert refusal({"requests": {"memory": "65Gi"}})[1] == (
        "a replica needs 65Gi memory, a node has 64Gi free"
    )
    assert refusal({"requests": {"cpu": "16001m"}})[1] == (
        "a replica needs 16001m cpu, a node has 16 free"
    )
    assert refusal({"requests": {"amd.com/gpu": 1}})[0] == "room"  # another vendor's cards
    full = [{"name": "n", "free": {"cpu": 4, "pods": 0}}]
    assert refusal({}, node_pools=[], nodes=full)[1] == "a replica needs 1 pods, a node has 0 free"


def test_the_first_rule_against_a_pair_is_reported() -> None:
    asks = {"cluster_affinity": {"exclude": ["c"]}, "requests": {"nvidia.com/gpu": 99}}
    assert refusal(asks)[0] == "cluster_affinity"
    assert refusal(asks, pool={"capacity_type": "spot"})[0] == "capacity_types"


def test_figures_are_in_base_units_and_a_pod_counts() -> None:
    pairs = found({"requests": {"cpu": "1500m", "memory": "2Gi", "nvidia.com/gpu": 1}})
    needs = dict(zip(pairs.resources, pairs.requests[0].tolist(), strict=True))
    assert needs == {
        "amd.com/gpu": 0,
        "cpu": 1500,
        "memory": 2 * 2**30,
        "nvidia.com/gpu": 1,
        "pods": 1,
        "replicas": 1,
    }
