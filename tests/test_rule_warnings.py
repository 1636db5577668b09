"""Rules that no plan can keep are warned of in plain words, and well-known keys are known."""

import pytest
import yaml

from placement import InputError, Problem, place
from tests.bad_documents import GOOD


def problem(rule: str, replicas: int = 2) -> Problem:
    """Return the good problem with a rule on its workload: one cluster in one region."""
    document = yaml.safe_load(GOOD)
    document["workloads"][0] |= {"replicas": replicas, **yaml.safe_load(rule)}
    return Problem.model_validate(document)


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("min_replicas: 3", "min_replicas 3 exceeds its 2 replicas"),
        (
            "spread: [{by: region, min_groups: 2}]",
            "spread by region asks for 2 groups, and there is 1",
        ),
        (
            "spread: [{by: node, min_groups: 3}]",
            "spread by node asks for 3 groups, and it has 2 replicas",
        ),
        (
            "spread: [{by: cluster, max_fraction: 0.6}]",
            "spread by cluster has at most 0.6 of the replicas in a group, "
            "and there can be 1 group",
        ),
        (
            "spread: [{by: node, max_groups: 2, max_fraction: 0.4}]",
            "spread by node has at most 0.4 of the replicas in a group, and there can be 2 groups",
        ),
        (
            "survive: [{loss_of: region, keep: 0.1}]",
            "survive region keeps 0.1 of the replicas, and the loss of 1 of 1 takes more, "
            "wherever they are",
        ),
        (
            "survive: [{loss_of: node, keep_replicas: 3}]",
            "survive node keeps 3 replicas, and it has 2",
        ),
    ],
)
def test_what_no_plan_can_keep_is_warned_of_and_leaves_all_out(rule: str, said: str) -> None:
    asked = problem(rule)
    assert asked.warnings() == (f"default/chat: {said}, so none of it can be placed",)
    assert place(asked).replicas_placed == 0


@pytest.mark.parametrize(
    ("key", "word"),
    [
        ("topology.kubernetes.io/zone", "zone"),
        ("failure-domain.beta.kubernetes.io/region", "region"),
        ("node.kubernetes.io/instance-type", "instance_type"),
        ("karpenter.sh/capacity-type", "capacity_type"),
        ("kubernetes.io/hostname", "node"),
    ],
)
def test_a_well_known_key_means_its_word_though_no_node_states_it(key: str, word: str) -> None:
    for bound in ("max_skew: 1", "max_fraction: 0.5", "min_groups: 2"):
        one, other = (problem(f"spread: [{{by: {by}, {bound}}}]", 3) for by in (key, word))
        assert place(one).assignments == place(other).assignments
    survived = problem(f"survive: [{{loss_of: {key}, keep_replicas: 1}}]")
    plain = problem(f"survive: [{{loss_of: {word}, keep_replicas: 1}}]")
    assert place(survived).assignments == place(plain).assignments


def test_a_share_of_a_spread_is_told_as_stated() -> None:
    plan = place(problem("spread: [{by: node, max_fraction: 0.35}]"))
    reasons = [reason for row in plan.unplaced for reason in row.reasons]
    assert "spread: by node, at most 0.35 of the replicas in one group" in reasons


def test_a_node_with_room_is_not_called_full() -> None:
    alone = problem("spread: [{by: region, min_groups: 2}]")
    nodes = [node.name for cluster in alone.clusters for node in cluster.nodes]
    (left,) = place(alone).unplaced
    assert nodes
    assert left.reasons[0] == "spread: by region, in at least 2 groups or not at all"
    assert not [reason for reason in left.reasons if "no room is left" in reason]


def test_a_search_that_was_cut_short_is_the_first_reason() -> None:
    plan = place(problem("spread: [{by: node, max_fraction: 0.5}]"), cancel=lambda: True)
    assert [row.reasons[0] for row in plan.unplaced] == [
        "search: it ended before it was proven that no more can be placed"
    ]


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (
            "preferences: [{cluster_affinity: {regions: [mars]}, cost: 1}]",
            "preferences[0]: no cluster is in the region 'mars'",
        ),
        (
            "preferences: [{cluster_affinity: {}, cost: 1}]",
            "preferences[0]: changes nothing: its cluster_affinity is met everywhere",
        ),
        (
            "max_spot_fraction: 0.5",
            "max_spot_fraction changes nothing: spot is not allowed at all",
        ),
    ],
)
def test_a_rule_that_changes_nothing_is_warned_of(rule: str, said: str) -> None:
    assert problem(rule).warnings() == (f"default/chat: {said}",)


def test_a_preference_for_an_unknown_cluster_is_an_error() -> None:
    with pytest.raises(InputError) as caught:
        problem("preferences: [{cluster_affinity: {cluster_names: [c-hx]}, cost: 1}]")
    (issue,) = caught.value.issues
    assert issue.path == "workloads[0].preferences[0].cluster_affinity.cluster_names[0]"
    assert issue.rule == "no cluster has this name; did you mean 'c-hz'?"


def test_prices_of_interruptions_that_nobody_pays_are_warned_of() -> None:
    document = yaml.safe_load(GOOD)
    document["objective"] = {"spot_interruption_cost": 1.0}
    (paid,) = Problem.model_validate(document).warnings()
    document["offerings"][0]["interruption_rate"] = 0.1
    rated, _ = Problem.model_validate(document).warnings()
    assert rated == "interruption_rate changes nothing where an offering is not of spot"
    assert paid == (
        "objective.spot_interruption_cost changes nothing: "
        "no offering of spot states an interruption_rate"
    )


def test_a_cluster_of_several_providers_is_named_where_one_is_to_be_survived() -> None:
    document = yaml.safe_load(GOOD)
    document["instance_types"].append({**document["instance_types"][0], "name": "l4"})
    document["instance_types"][1]["provider"] = "other"
    document["offerings"].append({"region": "hz", "instance_type": "l4", "price": 2.0})
    document["clusters"][0]["node_pools"].append({"name": "two", "instance_type": "l4"})
    document["workloads"][0]["survive"] = [{"loss_of": "provider", "keep": 0.5}]
    assert Problem.model_validate(document).warnings() == (
        "cluster c-hz is of no provider, as its node pools are of several; "
        "no survive counts it as lost",
    )
