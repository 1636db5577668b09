"""How many replicas a cluster can take: Karmada's general estimator.

Source: Karmada master f8fdd02d (2026-08-21), ``pkg/estimator/client`` (general estimator, on the
path of the cluster's resource summary; resource models are left out).
"""

from collections.abc import Mapping

from placement.quantity import PODS

__all__ = ["free_resources", "max_available_replicas"]


def free_resources(
    allocatable: Mapping[str, int],
    allocated: Mapping[str, int] | None = None,
    allocating: Mapping[str, int] | None = None,
) -> dict[str, int]:
    """Return what a cluster's ``status.resourceSummary`` leaves free, by resource.

    Parameters
    ----------
    allocatable, allocated, allocating
        Sums over the cluster's ready nodes, of bound pods and of pods that wait for a node, in
        base units (CPU in thousandths of a core).
    """
    used = (allocated or {}, allocating or {})
    return {
        name: amount - sum(part.get(name, 0) for part in used)
        for name, amount in allocatable.items()
    }


def max_available_replicas(free: Mapping[str, int], requests: Mapping[str, int] | None) -> int:
    """Return the further replicas that the cluster's sums have room for; nodes are not looked at.

    Parameters
    ----------
    free
        Free amounts of the whole cluster; a resource that is absent counts as none, also ``pods``.
    requests
        Per replica, in the same units; None: only pods count.
    """
    pods = free.get(PODS, 0)
    if pods <= 0:
        return 0
    bounds = [
        max(0, free.get(name, 0)) // asked for name, asked in (requests or {}).items() if asked
    ]
    return min([pods, *bounds])
