"""Well-known labels of nodes.

Source: Kubernetes reference "Well-Known Labels, Annotations and Taints" (v1.36); Karpenter v1.
"""

__all__ = [
    "CAPACITY_LABELS",
    "KNOWN",
    "REGION_LABELS",
    "TYPE_LABELS",
    "ZONE_LABELS",
]

REGION_LABELS = ("topology.kubernetes.io/region", "failure-domain.beta.kubernetes.io/region")
ZONE_LABELS = ("topology.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/zone")
TYPE_LABELS = ("node.kubernetes.io/instance-type", "beta.kubernetes.io/instance-type")
CAPACITY_LABELS = ("karpenter.sh/capacity-type",)
HOST_LABELS = ("kubernetes.io/hostname",)

KNOWN = {
    **dict.fromkeys(REGION_LABELS, "region"),
    **dict.fromkeys(ZONE_LABELS, "zone"),
    **dict.fromkeys(TYPE_LABELS, "instance_type"),
    **dict.fromkeys(CAPACITY_LABELS, "capacity_type"),
    **dict.fromkeys(HOST_LABELS, "node"),
}
"""The word for what a well-known label says."""
