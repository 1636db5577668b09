"""What the tests of the readers share: documents out of YAML text, and a small fleet."""

from pathlib import Path
from textwrap import dedent

import pytest

from placement.adapters.documents import Document, documents_of
from placement.adapters.problems import Loaded, problem_of
from placement.adapters.yaml_text import load_yaml
from placement.errors import AdapterError

__all__ = [
    "FLEET",
    "GPUS",
    "MODEL",
    "deployment",
    "documents",
    "faults",
    "group",
    "loaded",
    "policy",
]

FLEET = """
instance_types:
  - {name: a10, provider: alibaba, gpu: {model: A10, count: 1, memory: 24Gi},
     allocatable: {cpu: 8, memory: 30Gi}}
  - {name: a10x4, provider: alibaba, gpu: {model: A10, count: 4, memory: 24Gi},
     allocatable: {cpu: 32, memory: 120Gi}}
offerings:
  - {region: hangzhou, instance_type: a10, price: 1.4, stock: 2}
  - {region: beijing, instance_type: a10, price: 1.4, stock: 2}
clusters:
  - {name: hz, region: hangzhou, zones: [hz-a], labels: {env: prod},
     node_pools: [{name: gpu, instance_type: a10}]}
  - {name: bj, region: beijing, zones: [bj-a, bj-b], labels: {env: test},
     node_pools: [{name: gpu, instance_type: a10}]}
"""

MODEL = "{parameters: 8000000000, layers: 36, kv_heads: 8, head_dim: 128}"
GPUS = "containers: [{name: a, resources: {limits: {nvidia.com/gpu: 8}}}]"


def documents(*texts: str) -> list[Document]:
    """Return the documents of texts; they are called a.yaml, b.yaml and so on."""
    return [
        document
        for name, text in zip("abcdefgh", texts, strict=False)
        for document in documents_of(load_yaml(dedent(text), name), f"{name}.yaml", Path())
    ]


def loaded(*texts: str) -> Loaded:
    """Return the problem of texts, the fleet before them."""
    return problem_of(documents(FLEET, *texts))


def faults(*texts: str) -> list[str]:
    """Return the faults of texts, the fleet before them; the first text is b.yaml."""
    with pytest.raises(AdapterError) as error:
        loaded(*texts)
    return [str(issue) for issue in error.value.issues]


def deployment(pod: str = "", name: str = "chat", spec: str = "", labels: str = "{}") -> str:
    """Return a Deployment of one container, with more fields of its pod and of itself."""
    pod = pod or "containers: [{name: main, resources: {limits: {nvidia.com/gpu: 1}}}]"
    return (
        f"apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: {name}, labels: {labels}}}\n"
        f"spec: {{{spec} template: {{spec: {{{pod}}}}}}}\n"
    )


def group(size: object = 2, worker: str = GPUS, leader: str = "", metadata: str = "") -> str:
    """Return a LeaderWorkerSet of three groups, with the fields of its pods."""
    first = f"leaderTemplate: {{spec: {{{leader}}}}}, " if leader else ""
    return (
        "apiVersion: leaderworkerset.x-k8s.io/v1\nkind: LeaderWorkerSet\n"
        f"metadata: {{name: chat, namespace: prod{metadata}}}\n"
        f"spec: {{replicas: 3, leaderWorkerTemplate: {{size: {size}, {first}"
        f"workerTemplate: {{spec: {{{worker}}}}}}}}}\n"
    )


def policy(placement: str = "", spec: str = "", name: str = "spread", **metadata: str) -> str:
    """Return a PropagationPolicy of Karmada's that divides the Deployment ``chat``."""
    more = "".join(f", {key}: {value}" for key, value in metadata.items())
    spec = spec or "resourceSelectors: [{apiVersion: apps/v1, kind: Deployment, name: chat}]"
    placement = placement or "clusterAffinity: {clusterNames: [hz, bj]}"
    return (
        "apiVersion: policy.karmada.io/v1alpha1\nkind: PropagationPolicy\n"
        f"metadata: {{name: {name}{more}}}\n"
        f"spec: {{{spec}, placement: {{{placement}, replicaScheduling: {{"
        "replicaDivisionPreference: Aggregated}}}\n"
    )
