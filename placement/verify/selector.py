"""The rule ``node_selector``: a node carries every label that a workload selects."""

from collections.abc import Iterator

from placement.problem import Workload
from placement.verify.case import Case
from placement.verify.hosts import Site
from placement.verify.refusals import refused
from placement.verify.violation import Violation

__all__ = ["WELL_KNOWN", "check_node_selector", "not_selected", "stated_labels"]

WELL_KNOWN = {
    "topology.kubernetes.io/region": "region",
    "failure-domain.beta.kubernetes.io/region": "region",
    "topology.kubernetes.io/zone": "zone",
    "failure-domain.beta.kubernetes.io/zone": "zone",
    "node.kubernetes.io/instance-type": "instance_type",
    "beta.kubernetes.io/instance-type": "instance_type",
    "karpenter.sh/capacity-type": "capacity_type",
}
"""Labels that say what is known of a node anyway, and the word for it.

Source: Kubernetes, "Well-Known Labels, Annotations and Taints" (v1.36); Karpenter, "NodePools" (v1)
for the capacity type.
"""


def check_node_selector(case: Case) -> Iterator[Violation]:
    """Yield replicas on nodes that lack a selected label or have another value of it."""
    yield from refused(case, "node_selector", not_selected)


def not_selected(_: Case, site: Site, workload: Workload) -> Iterator[str]:
    """Yield the labels that a workload selects and a node does not carry."""
    if not workload.node_selector:
        return
    labels = _labels_of(site)
    for key, value in sorted(workload.node_selector.items()):
        if labels.get(key) != value:
            has = f"it is {labels[key]!r}" if key in labels else "there is none"
            yield f"{workload.key} selects {key}={value}, and {has}"


def _labels_of(site: Site) -> dict[str, str]:
    """Return a node's labels: those that are stated, and what is known of it over them."""
    labels = stated_labels(site)
    known = {
        "region": site.cluster.region,
        "zone": site.zone,
        "instance_type": site.type_name,
        "capacity_type": site.capacity_type,
    }
    for key, word in WELL_KNOWN.items():
        value = known[word]
        if value is not None:
            labels[key] = value
    return labels


def stated_labels(site: Site) -> dict[str, str]:
    """Return the labels that a node is given: its pool's, and its own over them."""
    labels: dict[str, str] = {}
    if site.pool is not None:
        labels |= site.pool.labels
    if site.running is not None:
        labels |= site.running.labels
    return labels
