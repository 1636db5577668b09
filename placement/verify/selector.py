"""The rule ``node_selector``: a node carries every label that a workload selects."""

from collections.abc import Iterator

from placement.verify.case import Case, Host
from placement.verify.violation import Violation

__all__ = ["check_node_selector"]

# Source: Kubernetes, "Well-Known Labels, Annotations and Taints" (v1.36); Karpenter, "NodePools"
# (v1) for the capacity type.
_REGION = ("topology.kubernetes.io/region", "failure-domain.beta.kubernetes.io/region")
_ZONE = ("topology.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/zone")
_TYPE = ("node.kubernetes.io/instance-type", "beta.kubernetes.io/instance-type")
_CAPACITY = ("karpenter.sh/capacity-type",)


def check_node_selector(case: Case) -> Iterator[Violation]:
    """Yield replicas on nodes that lack a selected label or have another value of it."""
    for host, workload, _ in case.placed():
        labels = _labels_of(host) if workload.node_selector else {}
        for key, value in sorted(workload.node_selector.items()):
            if labels.get(key) != value:
                has = f"it is {labels[key]!r}" if key in labels else "there is none"
                message = f"{workload.key} selects {key}={value}, and {has}"
                yield Violation(rule="node_selector", where=host.where, message=message)


def _labels_of(host: Host) -> dict[str, str]:
    """Return a node's labels: its pool's, its own over them, and what is known of it."""
    labels: dict[str, str] = {}
    if host.pool is not None:
        labels |= host.pool.labels
    if host.running is not None:
        labels |= host.running.labels
    for keys, value in (
        (_REGION, host.cluster.region),
        (_ZONE, host.zone),
        (_TYPE, host.type_name),
        (_CAPACITY, host.capacity_type),
    ):
        if value is not None:
            labels |= dict.fromkeys(keys, value)
    return labels
