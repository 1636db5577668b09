"""Propagation policies: which one governs, and what its placement says."""

from pathlib import Path

import pytest

from placement.adapters.problems import read_problem
from placement.problem import Workload
from tests.reading import FLEET, deployment, documents, faults, loaded, policy

REFERENCE = Path(__file__).parent.parent / "examples" / "reference"


def governed(placement: str) -> Workload:
    """Return the Deployment under a policy with this placement."""
    (found,) = loaded(deployment(), policy(placement)).problem.workloads
    return found


def affinity(text: str) -> Workload:
    return governed(f"clusterAffinity: {text}")


def test_the_reference_is_read_whole() -> None:
    result = read_problem([REFERENCE])
    (found,) = result.problem.workloads
    assert (found.key, found.replicas) == ("default/qwen3-8b", 4)
    assert found.requests == {"nvidia.com/gpu": 1}
    assert found.model is not None
    assert found.model.parameters == 8_190_735_360
    assert found.cluster_affinity.cluster_names == ("c-hangzhou", "c-beijing")
    assert [offering.stock for offering in result.problem.offerings] == [2, 2]
    assert all(not cluster.nodes for cluster in result.problem.clusters)
    origin = result.objects["default/qwen3-8b"]
    assert origin.policy is not None
    assert (origin.policy.name, origin.conflict_resolution) == ("demo-policy", "Overwrite")
    assert origin.resource_request == {"nvidia.com/gpu": "1"}
    assert origin.placement is not None
    assert "clusterAffinity" in origin.placement


def test_every_part_of_an_affinity_is_taken_over() -> None:
    found = affinity(
        "{clusterNames: [hz, bj], exclude: [bj], "
        "labelSelector: {matchLabels: {env: prod}, "
        "matchExpressions: [{key: x, operator: DoesNotExist}]}, fieldSelector: {matchExpressions: "
        "[{key: provider, operator: In, values: [alibaba]}, "
        "{key: region, operator: In, values: [hangzhou, beijing]}]}}"
    ).cluster_affinity
    assert (found.cluster_names, found.exclude) == (("hz", "bj"), ("bj",))
    assert (found.providers, found.regions) == (("alibaba",), ("hangzhou", "beijing"))
    assert found.label_selector.match_labels == {"env": "prod"}
    assert found.label_selector.match_expressions[0].operator == "DoesNotExist"


@pytest.mark.parametrize(
    ("expression", "left_out"),
    [
        ("{key: region, operator: NotIn, values: [beijing]}", ("bj",)),
        ("{key: provider, operator: NotIn, values: [aws]}", ()),
        ("{key: zone, operator: In, values: [hz-a, bj-a]}", ("bj",)),  # bj spans bj-b too
        ("{key: zone, operator: NotIn, values: [bj-b]}", ("bj",)),
    ],
)
def test_what_a_workload_cannot_say_becomes_the_clusters_left_out(
    expression: str, left_out: tuple[str, ...]
) -> None:
    found = affinity(f"{{fieldSelector: {{matchExpressions: [{expression}]}}}}").cluster_affinity
    assert found.exclude == left_out
    assert (found.regions, found.zones) == ((), ())


def test_a_name_that_no_cluster_has_is_dropped_with_a_warning() -> None:
    result = loaded(deployment(), policy("clusterAffinity: {clusterNames: [hz, hy]}"))
    assert result.problem.workloads[0].cluster_affinity.cluster_names == ("hz",)
    assert result.warnings[0].startswith(
        "c.yaml: PropagationPolicy default/spread names the cluster 'hy', which is not in the input"
    )


def test_an_affinity_that_no_cluster_matches_is_refused() -> None:
    assert faults(deployment(), policy("clusterAffinity: {clusterNames: [x, y]}")) == [
        "c.yaml: spec.placement.clusterAffinity: no cluster of the input matches; add the cluster, "
        "or correct the policy"
    ]


def test_ordered_groups_become_all_their_clusters_and_a_warning() -> None:
    groups = (
        "clusterAffinities: [{affinityName: own, clusterNames: [hz], "
        "overflowAffinities: [{affinityName: cloud, clusterNames: [bj]}]}]"
    )
    result = loaded(deployment(), policy(groups))
    assert result.problem.workloads[0].cluster_affinity.cluster_names == ("hz", "bj")
    assert "the order of its cluster groups is no rule of a plan" in result.warnings[0]


def test_tolerations_of_pod_and_policy_are_joined() -> None:
    pod = "containers: [{name: a}], tolerations: [{key: node, operator: Exists}]"
    spread = policy("clusterTolerations: [{key: node, operator: Exists}, {key: c, value: x}]")
    (found,) = loaded(deployment(pod), spread).problem.workloads
    assert [one.key for one in found.tolerations] == ["node", "c"]


def test_affinity_of_the_policy_is_narrowed_by_the_pods_node_affinity() -> None:
    terms = (
        "nodeSelectorTerms: [{matchExpressions: "
        "[{key: topology.kubernetes.io/region, operator: In, values: [hangzhou, other]}]}]"
    )
    rule = f"requiredDuringSchedulingIgnoredDuringExecution: {{{terms}}}"
    pod = f"containers: [{{name: a}}], affinity: {{nodeAffinity: {{{rule}}}}}"

    def selector(*regions: str) -> str:
        expression = f"{{key: region, operator: In, values: [{', '.join(regions)}]}}"
        return f"clusterAffinity: {{fieldSelector: {{matchExpressions: [{expression}]}}}}"

    (found,) = loaded(deployment(pod), policy(selector("hangzhou", "beijing"))).problem.workloads
    assert found.cluster_affinity.regions == ("hangzhou",)
    (fault,) = faults(deployment(pod), policy(selector("beijing")))
    assert "shares no regions with the node affinity of default/chat" in fault


@pytest.mark.parametrize(
    "constraint",
    [
        "{spreadByField: cluster, minGroups: 1, maxGroups: 2}",
        "{spreadByField: region, minGroups: 1, maxGroups: 10}",
        "{minGroups: 1}",
    ],
)
def test_spread_constraints_without_an_effect_are_accepted(constraint: str) -> None:
    assert governed(f"spreadConstraints: [{constraint}]").replicas == 1


@pytest.mark.parametrize(
    "constraint",
    ["{spreadByField: region, minGroups: 2}", "{spreadByField: cluster, maxGroups: 1}"],
)
def test_spread_constraints_with_an_effect_are_never_ignored(constraint: str) -> None:
    text = policy(f"spreadConstraints: [{constraint}]")
    (found,) = loaded(deployment(), text).problem.workloads
    assert found.model_dump()["spread"]


def divided(division: str) -> str:
    return policy().replace("replicaDivisionPreference: Aggregated", division)


def test_duplicated_is_refused_unless_one_cluster_is_meant() -> None:
    text = divided("replicaSchedulingType: Duplicated")
    (fault,) = faults(deployment(), text)
    assert fault.startswith("c.yaml: spec.placement.replicaScheduling: Duplicated")
    (found,) = loaded(deployment(), text.replace("[hz, bj]", "[hz]")).problem.workloads
    assert found.cluster_affinity.cluster_names == ("hz",)
    (absent,) = faults(deployment(), policy().partition(", replicaScheduling")[0] + "}}\n")
    assert "which is also meant where replicaScheduling is absent" in absent


@pytest.mark.parametrize(
    ("division", "warned"),
    [
        ("weightPreference: {dynamicWeight: AvailableReplicas}", False),
        ("replicaDivisionPreference: Aggregated", False),
        ("replicaDivisionPreference: Weighted", True),
        ("weightPreference: {staticWeightList: [{targetCluster: {}, weight: 2}]}", True),
    ],
)
def test_static_weights_are_warned_of(division: str, warned: bool) -> None:
    warnings = loaded(deployment(), divided(division)).warnings
    assert any("static weights are no rule" in warning for warning in warnings) == warned


@pytest.mark.parametrize(
    ("placement", "fault"),
    [
        (
            "clusterAfinity: {}",
            "spec.placement.clusterAfinity: the field 'clusterAfinity' is not known; "
            "did you mean 'clusterAffinity'?",
        ),
        (
            "clusterAffinity: {clusterName: [hz]}",
            "spec.placement.clusterAffinity.clusterName: the field 'clusterName' is not known; "
            "did you mean 'clusterNames'?",
        ),
        (
            "workloadAffinity: {affinity: {groupByLabelKey: app}}",
            "spec.placement.workloadAffinity: affinity between workloads is not supported",
        ),
    ],
)
def test_unknown_and_unsupported_fields_of_a_placement_are_refused(
    placement: str, fault: str
) -> None:
    assert faults(deployment(), policy(placement))[0].startswith(f"c.yaml: {fault}")


def test_unknown_fields_beside_the_placement_are_left_alone() -> None:
    text = policy().replace("spec: {", "spec: {somethingNew: {a: 1}, failover: {cluster: {}}, ")
    origin = loaded(deployment(), text).objects["default/chat"]
    assert origin.failover == {"cluster": {}}


SELECT = "resourceSelectors: [{apiVersion: apps/v1, kind: Deployment%s}]"


def chosen(*policies: str, labels: str = "{app: chat}") -> str | None:
    origin = loaded(deployment(labels=labels), *policies).objects["default/chat"]
    return origin.policy.name if origin.policy else None


def test_a_selector_by_name_goes_before_labels_before_all_before_the_alphabet() -> None:
    by_name = policy(spec=SELECT % ", name: chat", name="z")
    by_label = policy(spec=SELECT % ", labelSelector: {matchLabels: {app: chat}}", name="y")
    for_all, other = policy(spec=SELECT % "", name="b"), policy(spec=SELECT % "", name="a")
    assert chosen(for_all, by_label, by_name) == "z"
    assert chosen(for_all, by_label) == "y"
    assert chosen(for_all, other) == "a"


def test_priority_goes_before_the_kind_of_selector() -> None:
    by_name = policy(spec=SELECT % ", name: chat", name="z")
    for_all = policy(spec=f"priority: 1, {SELECT % ''}", name="b")
    assert chosen(by_name, for_all) == "b"


def cluster_wide(text: str) -> str:
    return text.replace("kind: PropagationPolicy", "kind: ClusterPropagationPolicy")


def test_a_policy_of_the_namespace_goes_before_any_cluster_policy() -> None:
    wide = cluster_wide(policy(spec=f"priority: 9, {SELECT % ', name: chat'}", name="wide"))
    own = policy(spec=SELECT % "", name="own")
    assert chosen(wide, own) == "own"
    assert chosen(wide, policy(name="elsewhere", namespace="prod")) == "wide"
    origin = loaded(deployment(), wide).objects["default/chat"]
    assert origin.policy is not None
    assert (origin.policy.kind, origin.policy.namespace) == ("ClusterPropagationPolicy", "")


def test_a_workload_that_no_policy_selects_is_not_placed_unless_a_problem_names_it() -> None:
    elsewhere = policy(namespace="prod")
    result = loaded(deployment(), elsewhere)
    assert result.problem.workloads == ()
    assert result.warnings == ("default/chat: no policy selects it, so it is not placed",)
    named = loaded(deployment(), elsewhere, "workloads: [{name: chat, priority: 1}]")
    assert [one.key for one in named.problem.workloads] == ["default/chat"]


def test_without_any_policy_a_workload_may_go_anywhere() -> None:
    (found,) = loaded(deployment()).problem.workloads
    assert found.cluster_affinity.cluster_names == ()


def test_the_schedule_priority_of_a_policy_goes_before_the_pods_priority() -> None:
    classes = "".join(
        f"---\napiVersion: scheduling.k8s.io/v1\nkind: PriorityClass\n"
        f"metadata: {{name: {name}}}\nvalue: {value}\n"
        for name, value in (("low", 1), ("high", 9))
    )
    pod = "containers: [{name: a}], priorityClassName: low"
    asked = "schedulePriority: {priorityClassSource: KubePriorityClass, priorityClassName: high}"
    text = policy(spec=f"{asked}, {SELECT % ''}")
    result = loaded(deployment(pod), text, classes)
    assert result.problem.workloads[0].priority == 9
    assert result.objects["default/chat"].schedule_priority == 9
    assert "sets no priority" in loaded(deployment(), text).warnings[0]


def test_a_policy_that_forbids_new_nodes_is_warned_of() -> None:
    group = "policy.one.alibabacloud.com"
    text = policy().replace("policy.karmada.io", group)
    off = text.replace("spec: {", "spec: {autoScaling: {ecsProvision: false, odd: 1}, ")
    assert "autoScaling.ecsProvision is false" in loaded(deployment(), off).warnings[0]
    assert loaded(deployment(), text).warnings == ()


def test_a_fault_of_a_policy_is_told_once_however_many_workloads_it_governs() -> None:
    both = f"{deployment()}---\n{deployment(name='chat2')}"
    text = policy("clusterAffinity: {clusterNames: [x]}", spec=SELECT % "")
    assert len(faults(both, text)) == 1


def test_the_permanent_id_is_kept() -> None:
    label = "{propagationpolicy.karmada.io/permanent-id: abc}"
    origin = loaded(deployment(), policy(labels=label)).objects["default/chat"]
    assert origin.policy is not None
    assert origin.policy.permanent_id == "abc"


def test_the_fleet_of_these_tests_is_itself_valid() -> None:
    assert len(documents(FLEET)) == 1
