"""Why a workload is where it is: places, refusals, alternatives, limits, leads."""

from collections.abc import Mapping
from typing import Any

import pytest

from placement import InputError, Plan, Problem, place
from placement.explain import explain
from placement.explanation import Explanation

GPU = {"nvidia.com/gpu": 1}


def cluster(name: str, kind: str = "one", **fields: object) -> dict[str, Any]:
    """Return a cluster in a region of its own, with one pool that can grow."""
    pool = {"name": "gpu", "instance_type": kind}
    return {"name": name, "region": f"r-{name}", "node_pools": [pool], **fields}


def offer(name: str, price: float, kind: str = "one", **fields: object) -> dict[str, Any]:
    """Return what is offered in a cluster's region."""
    return {"region": f"r-{name}", "instance_type": kind, "price": price, **fields}


def gpu_type(name: str, count: int) -> dict[str, Any]:
    """Return an instance type of so many A10."""
    gpu = {"model": "A10", "count": count, "memory": "24Gi"}
    return {"name": name, "gpu": gpu, "allocatable": {"cpu": 8 * count, "memory": "99Gi"}}


def fleet(*workloads: Mapping[str, object], **changes: object) -> Problem:
    """Return four clusters, cheap to dear: one tainted, one short of stock, two open."""
    document = {
        "instance_types": [gpu_type("one", 1), gpu_type("eight", 8)],
        "clusters": [
            cluster("barred", taints=[{"key": "team", "value": "x", "effect": "NoSchedule"}]),
            cluster("short"),
            cluster("open"),
            cluster("dear"),
            cluster("bare"),
        ],
        "offerings": [
            offer("barred", 0.5),
            offer("short", 1.0, stock=1),
            offer("open", 2.0),
            offer("dear", 3.0),
        ],
        "workloads": list(workloads or [{"name": "chat", "replicas": 3, "requests": GPU}]),
        **changes,
    }
    return Problem.model_validate(document)


def explained(problem: Problem, name: str = "chat") -> Explanation:
    """Return the explanation of a workload in the optimum."""
    return explain(problem, place(problem), name)


def test_chosen_places_carry_price_and_replicas() -> None:
    found = explained(fleet())
    rows = {row.place.cluster: row for row in found.chosen}
    assert {name: row.replicas for name, row in rows.items()} == {"short": 1, "open": 2}
    assert rows["open"].place.per_replica == 2.0
    assert rows["open"].nodes == ("gpu-1", "gpu-2")
    assert (found.placed, found.replicas) == (3, 3)


def test_every_place_is_chosen_refused_or_an_alternative() -> None:
    found = explained(fleet())
    chosen = {row.place.cluster for row in found.chosen}
    refused = {row.place.cluster: row.rule for row in found.refusals}
    others = {row.place.cluster: row.rule for row in found.alternatives}
    assert refused == {"barred": "taints", "bare": "offering"}
    assert others == {"short": "stock", "dear": "cost"}
    assert chosen | set(refused) | set(others) == {"barred", "short", "open", "dear", "bare"}


def test_a_used_up_limit_is_named_with_its_figures() -> None:
    found = explained(fleet())
    (short,) = (row for row in found.alternatives if row.place.cluster == "short")
    assert "stock of one (on-demand) in r-short is used up (1 of 1)" in short.reason
    (limit,) = (limit for limit in found.limits if limit.binds)
    assert (limit.family, limit.used, limit.bound) == ("stock", 1, 1)


def test_limits_stand_in_base_units_and_as_a_document_writes_them() -> None:
    limited = cluster("open", limits={"cpu": "20", "memory": "64Gi"})
    found = explained(fleet(clusters=[limited], offerings=[offer("open", 2.0)]))
    cpu, memory = (row for row in found.limits if row.family == "cluster_limit")
    assert (cpu.bound, cpu.amounts[1]) == (20_000, "20")
    assert (memory.bound, memory.amounts[1]) == (64 * 2**30, "64Gi")


def test_leads_name_the_limit_the_rule_and_the_price() -> None:
    stock, taint, price = explained(fleet()).changes
    assert "would let a replica cost 1 instead of 2" in stock
    assert "without taints (the taint team=x:NoSchedule is not tolerated)" in taint
    assert "0.5 instead of 2" in taint
    assert "at 2 per node, not 3, new one (on-demand) in dear/gpu would be as cheap" in price


def test_following_a_lead_does_what_it_says() -> None:
    tolerant = {
        "name": "chat",
        "replicas": 3,
        "requests": GPU,
        "tolerations": [{"key": "team", "operator": "Exists"}],
    }
    found = explained(fleet(tolerant))
    assert [row.place.cluster for row in found.chosen] == ["barred"]
    assert found.chosen[0].place.per_replica == 0.5


def test_left_out_replicas_come_with_reasons_and_leads() -> None:
    chat = {"name": "chat", "replicas": 3, "requests": GPU}
    shut = {"exclude": ["open", "dear"]}
    found = explained(fleet({**chat, "cluster_affinity": shut}))
    assert (found.placed, found.replicas) == (1, 3)
    assert any("stock" in reason for reason in found.left_out)
    assert any("would place up to 1 more" in lead for lead in found.changes)
    assert any(lead.startswith("without cluster_affinity") for lead in found.changes)


@pytest.mark.parametrize(
    ("section", "rule", "most", "said"),
    [
        ("limits", "limit", {"resource": "nvidia.com/gpu", "max": 2}, "used up (2 of 2"),
        ("budgets", "budget", {"max_cost_per_hour": 3.5}, "used up (3 of 3.5 per hour)"),
    ],
)
def test_what_is_limited_in_all_is_no_lead_of_its_places(
    section: str, rule: str, most: dict[str, Any], said: str
) -> None:
    found = explained(fleet(**{section: [{"name": "l", **most}]}))
    assert (found.placed, found.replicas) == (2, 3)
    assert {row.rule for row in found.alternatives} == {rule}
    assert all(said in row.reason for row in found.alternatives)
    assert [row.family for row in found.limits if row.binds and row.family != "stock"] == [rule]
    assert " of ".join(found.limits[-1].amounts) in said
    (lead,) = found.changes
    assert lead.endswith("would take replicas, as far as the limits and budgets allow")


def test_a_cheaper_place_on_spot_is_held_by_the_share() -> None:
    pools = [
        {"name": "gpu", "instance_type": "one"},
        {"name": "spot", "instance_type": "one", "capacity_type": "spot"},
    ]
    offerings = [offer("open", 2.0), offer("open", 1.0, capacity_type="spot")]
    chat = {
        "name": "chat",
        "replicas": 3,
        "requests": GPU,
        "capacity_types": ["on-demand", "spot"],
        "max_spot_fraction": 0.4,
    }
    clusters = [cluster("open", node_pools=pools)]
    (row,) = explained(fleet(chat, clusters=clusters, offerings=offerings)).alternatives
    assert (row.rule, row.place.capacity_type) == ("max_spot_fraction", "spot")
    assert row.reason.startswith("1 of 3 replicas placed run on spot")


def test_two_rules_against_a_place_make_no_lead() -> None:
    chat = {"name": "chat", "replicas": 3, "requests": GPU}
    found = explained(fleet({**chat, "cluster_affinity": {"exclude": ["barred"]}}))
    (barred,) = (row for row in found.refusals if row.place.cluster == "barred")
    assert (barred.rule, barred.rules_against) == ("cluster_affinity", 2)
    assert not any("barred" in lead for lead in found.changes)


def test_a_big_node_that_is_cheap_only_when_full_says_so() -> None:
    problem = fleet(
        {"name": "chat", "replicas": 2, "requests": GPU},
        clusters=[cluster("open"), cluster("big", "eight")],
        offerings=[offer("open", 2.0), offer("big", 8.0, "eight")],
    )
    (big,) = explained(problem).alternatives
    assert big.rule == "whole"
    assert "1 per replica only on full nodes" in big.reason


def test_workloads_on_the_same_nodes_are_named() -> None:
    problem = fleet(
        {"name": "chat", "replicas": 3, "requests": GPU},
        {"name": "other", "replicas": 5, "requests": GPU},
        clusters=[cluster("big", "eight")],
        offerings=[offer("big", 8.0, "eight")],
    )
    (row,) = explained(problem).chosen
    assert row.shares_with == ("default/other",)
    assert row.place.per_node == 8


def test_running_nodes_that_stay_cost_nothing_more_and_fill_up() -> None:
    node = {"name": "n-1", "node_pool": "gpu", "free": {"cpu": 8, "memory": "9Gi", **GPU}}
    problem = fleet(clusters=[cluster("open", nodes=[node])], offerings=[offer("open", 2.0)])
    found = explained(problem)
    running = next(row.place for row in found.chosen if row.place.running)
    assert running.paid_anyway
    assert running.per_replica == 0.0
    full = next(row for row in found.alternatives if row.place.running)
    assert (full.rule, full.reason) == ("capacity", "no room is left on it")


def test_memory_is_told_part_by_part() -> None:
    serving = {"max_model_len": 8192, "gpu_memory_utilization": 0.95}
    problem = fleet({"name": "chat", "replicas": 1, "model": "Qwen/Qwen3-8B", "serving": serving})
    memory = explained(problem).chosen[0].memory
    assert memory is not None
    assert (memory.gpu, memory.fits) == ("A10", "yes")


def test_a_model_that_fits_nowhere_is_refused_with_the_memory_it_needs() -> None:
    problem = fleet({"name": "chat", "replicas": 1, "model": "meta-llama/Llama-3.1-405B"})
    found = explained(problem)
    assert found.chosen == ()
    reasons = [row.reason for row in found.refusals if row.rule == "memory_fit"]
    assert reasons
    assert all("GiB" in reason for reason in reasons)


@pytest.mark.parametrize("name", ["chat", "default/chat"])
def test_a_workload_is_found_by_name_with_or_without_namespace(name: str) -> None:
    assert explained(fleet(), name).workload == "default/chat"


def test_a_misspelt_name_brings_the_nearest() -> None:
    with pytest.raises(InputError, match="did you mean 'chat'"):
        explained(fleet(), "chad")


def test_a_name_of_two_namespaces_must_be_given_whole() -> None:
    twins = [
        {"name": "chat", "namespace": namespace, "replicas": 1, "requests": GPU}
        for namespace in ("a", "b")
    ]
    with pytest.raises(InputError, match="a/chat or b/chat"):
        explained(fleet(*twins))


def test_a_plan_without_a_place_is_explained_too() -> None:
    problem = fleet()
    found = explain(problem, Plan(status="infeasible"), "chat")
    assert found.placed == 0
    assert {row.rule for row in found.alternatives} == {"whole"}


def test_the_dictionary_is_plain_and_whole() -> None:
    found = explained(fleet())
    document = found.to_dict()
    assert set(document) == set(Explanation.__slots__)
    assert document["changes"] == list(found.changes)


def test_a_refusal_for_memory_names_the_flags_that_would_help() -> None:
    card = {"model": "A10", "count": 1, "memory": "24Gi"}
    room = {"cpu": 8, "memory": "30Gi", "pods": 64}
    problem = Problem.model_validate(
        {
            "instance_types": [{"name": "a10", "gpu": card, "allocatable": room}],
            "offerings": [{"instance_type": "a10", "region": "r", "price": 1.5}],
            "clusters": [
                {
                    "name": "c",
                    "region": "r",
                    "node_pools": [{"name": "p", "instance_type": "a10"}],
                }
            ],
            "workloads": [{"name": "w", "replicas": 1, "model": "Qwen3-8B"}],
        }
    )
    (refusal,) = explain(problem, place(problem), "w").refusals
    assert refusal.rule == "memory_fit"
    assert "with --max-model-len 23552 or --kv-cache-dtype fp8 it would fit" in refusal.reason


def test_replicas_spread_by_node_are_told_with_the_nodes_that_carry_them() -> None:
    spread = [{"by": "node", "max_fraction": 0.4}]
    affinity = {"cluster_names": ["open"]}
    found = explained(
        fleet(
            {
                "name": "chat",
                "replicas": 3,
                "requests": {"cpu": 1},
                "spread": spread,
                "cluster_affinity": affinity,
            }
        )
    )
    assert [(row.place.cluster, row.replicas, len(row.nodes)) for row in found.chosen] == [
        ("open", 3, 3)
    ]
