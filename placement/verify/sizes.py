"""How many GPUs one replica takes on each instance type; the memory room alone knows what fits.

Only the verdict ``yes`` may be placed, and ``at-risk`` where the workload allows it: such a replica
may die at its start.
"""

from placement.memory import MemoryFit, fit, smallest_fit
from placement.problem import InstanceType, Problem, Workload

__all__ = ["Sizes"]

_DEFAULT_RESOURCE = "nvidia.com/gpu"  # Kubernetes device plugin's name, the default of gpu.resource


class Sizes:
    """GPUs per replica of each workload on each type, worked out once per verification."""

    def __init__(self, problem: Problem) -> None:
        kinds = problem.instance_types
        self._resources = {kind.gpu.resource for kind in kinds if kind.gpu} | {_DEFAULT_RESOURCE}
        self._known: dict[tuple[str, str | None], int | None] = {}

    def gpus(self, workload: Workload, kind: InstanceType | None) -> int | None:
        """Return the GPUs that one replica takes in all, or None where it does not fit."""
        key = (workload.key, None if kind is None else kind.name)
        if key not in self._known:
            self._known[key] = self._judge(workload, kind)
        return self._known[key]

    def _judge(self, workload: Workload, kind: InstanceType | None) -> int | None:
        asked = sum(workload.requests.get(resource, 0) for resource in sorted(self._resources))
        if workload.model is None:
            return asked
        if kind is None or kind.gpu is None:
            return None
        if not asked:
            found = smallest_fit(workload.model, workload.serving, kind.gpu, kind.gpu.count)
            return found.gpus if _placeable(found, workload) else None
        tensor, rest = divmod(asked, workload.serving.pipeline_parallel)
        if rest or asked > kind.gpu.count:
            return None
        found = fit(workload.model, workload.serving, kind.gpu, tensor)
        return asked if _placeable(found, workload) else None


def _placeable(found: MemoryFit, workload: Workload) -> bool:
    allowed = {"yes", "at-risk"} if workload.serving.allow_at_risk else {"yes"}
    return found.fits in allowed
