"""Laws of reading: whatever stands in a document, the answer is a problem or named faults."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from placement.adapters.documents import Document, documents_of
from placement.adapters.problems import Loaded, problem_of
from placement.adapters.vllm import parse_command_line
from placement.adapters.yaml_text import load_yaml
from placement.errors import AdapterError, Issue
from tests.changed_values import changed, places
from tests.reading import FLEET, deployment, group, policy

TERMS = "[{matchExpressions: [{key: disk, operator: In, values: [ssd]}]}]"
LEADER = (
    "containers: [{name: a, args: [vllm, serve, m, -tp, '2'], resources: {limits: {x/y: 1}}}], "
    "tolerations: [{key: a, operator: Exists}], affinity: {nodeAffinity: "
    f"{{requiredDuringSchedulingIgnoredDuringExecution: {{nodeSelectorTerms: {TERMS}}}}}}}"
)
WORKER = LEADER.replace("key: a", "key: a, effect: NoSchedule").replace("disk", "net")
EVERYTHING = f"""
{FLEET}
workloads:
  - {{name: chat, priority: 3, serving: {{maxModelLen: 100}}, requests: {{cpu: 1}},
     model: Qwen/Qwen3-8B}}
---
{deployment("containers: [{name: a, command: [sh, -c, vllm serve m -tp 1]}]")}
---
{policy("clusterTolerations: [{key: a}], spreadConstraints: [{minGroups: 1, maxGroups: 5}]")}
---
apiVersion: cluster.karmada.io/v1alpha1
kind: Cluster
metadata: {{name: bj, labels: {{a: b}}}}
spec: {{region: beijing, zones: [a], taints: [{{key: x, effect: NoSchedule}}]}}
---
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata: {{name: high}}
value: 100
---
apiVersion: policy.karmada.io/v1alpha1
kind: ClusterPropagationPolicy
metadata: {{name: wide}}
spec:
  resourceSelectors:
    - apiVersion: leaderworkerset.x-k8s.io/v1
      kind: LeaderWorkerSet
      labelSelector: {{matchExpressions: [{{key: a, operator: NotIn, values: [b]}}]}}
  schedulePriority: {{priorityClassName: high}}
  placement:
    clusterAffinities:
      - affinityName: a
        clusterNames: [bj]
        overflowAffinities:
          - fieldSelector: {{matchExpressions: [{{key: zone, operator: In, values: [a]}}]}}
    replicaScheduling:
      weightPreference: {{staticWeightList: [{{targetCluster: {{clusterNames: [bj]}}, weight: 1}}]}}
---
apiVersion: leaderworkerset.x-k8s.io/v1
kind: LeaderWorkerSet
metadata: {{name: lws}}
spec:
  leaderWorkerTemplate:
    workerTemplate:
      spec:
        tolerations: [{{key: a, operator: Exists}}]
        priorityClassName: high
        initContainers: [{{name: i, restartPolicy: Always, resources: {{requests: {{cpu: 1}}}}}}]
        affinity:
          nodeAffinity:
            requiredDuringSchedulingIgnoredDuringExecution:
              nodeSelectorTerms:
                - matchExpressions:
                    - {{key: topology.kubernetes.io/region, operator: In, values: [beijing]}}
                    - {{key: node.kubernetes.io/instance-type, operator: In, values: [a10, b]}}
        containers:
          - image: vllm/vllm-openai
            env: [{{name: M, value: Qwen/Qwen3-8B}}]
            args: [--model, $(M), -tp, "1"]
            resources: {{limits: {{nvidia.com/gpu: 1, ephemeral-storage: 1Gi}}}}
---
{group(2, WORKER, LEADER, metadata=", annotations: {a: b}").replace("chat", "wide")}
"""
WHOLE = load_yaml(EVERYTHING, "whole")

junk: st.SearchStrategy[object] = st.sampled_from(
    [None, True, 0, -1, 1.5, "", "x", "$(", "-", [], {}, [None], [1], ["a"], {"a": 1}, [[]], 10**30]
)


PLACES = list(places(WHOLE))


def issues_of(call: Callable[[], object]) -> tuple[Issue, ...]:
    """Return the issues that a call raises; none where it succeeds. Nothing else may be raised."""
    try:
        call()
    except AdapterError as error:
        return error.issues
    return ()


def read(values: list[Any]) -> Loaded:
    documents: list[Document] = []
    for position, value in enumerate(values):
        documents += documents_of([value], f"document {position}", Path())
    return problem_of(documents)


def test_the_documents_of_these_laws_are_read_whole() -> None:
    keys = {one.key for one in read(WHOLE).problem.workloads}
    assert keys == {"default/chat", "default/lws", "prod/wide"}


@settings(max_examples=300, deadline=None, derandomize=True)
@given(path=st.sampled_from(PLACES), value=junk, remove=st.booleans())
def test_any_value_in_any_place_gives_a_problem_or_named_faults(
    path: tuple[Any, ...], value: object, remove: bool
) -> None:
    values = changed(WHOLE, path, value, remove=remove)
    issues = issues_of(lambda: read(values))
    assert all(issue.source and issue.rule for issue in issues)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(text=st.text(alphabet="abz01.:-&*!|>[]{}#\"'\n \t%@,<?~=", max_size=60))
def test_any_text_is_read_or_refused_with_its_line(text: str) -> None:
    issues = issues_of(lambda: load_yaml(text, "text"))
    assert all(issue.source.startswith("text:") for issue in issues)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(
    words=st.lists(
        st.sampled_from(
            ["vllm", "serve", "m", "-tp", "-tp=2", "--max-model-len", "--max", "8k", "-1", "=", "-"]
        )
        | st.text(max_size=8),
        max_size=8,
    )
)
def test_any_command_line_is_read_or_refused(words: list[str]) -> None:
    issues = issues_of(lambda: parse_command_line(words))
    assert all(issue.path.startswith("--") for issue in issues)
