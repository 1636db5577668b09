"""How many GPUs a replica of a workload needs on an instance type."""

from dataclasses import dataclass, field

from placement.memory import MemoryFit, accepted, advice, smallest_fit
from placement.problem import InstanceType, Problem, Workload
from placement.problem.catalog import USUAL_GPU
from placement.quantity import PODS

__all__ = ["Sizing", "gpu_resources"]


def gpu_resources(problem: Problem) -> frozenset[str]:
    """Return the names under which GPUs are counted, also on nodes whose type is not known."""
    return frozenset(kind.gpu.resource for kind in problem.instance_types if kind.gpu) | {USUAL_GPU}


@dataclass(frozen=True, slots=True)
class Sizing:
    """Sizes workloads on instance types, each need once; without a model, GPUs are as asked."""

    resources: frozenset[str]
    _known: dict[tuple[object, ...], MemoryFit] = field(
        default_factory=dict, compare=False, repr=False
    )
    _advised: dict[tuple[object, ...], tuple[str, ...]] = field(
        default_factory=dict, compare=False, repr=False
    )

    def asked(self, workload: Workload) -> int:
        """Return the GPUs that the workload's requests state, 0 where they state none."""
        return sum(workload.requests.get(name, 0) for name in self.resources)

    def fit(self, workload: Workload, kind: InstanceType) -> MemoryFit | None:
        """Return the memory fit on a type; None where there is no model or no GPU to judge."""
        if workload.model is None or kind.gpu is None:
            return None
        serving, asked = workload.serving, self.asked(workload)
        if asked and serving.tensor_parallel is None:
            degree = max(1, asked // serving.pipeline_parallel)
            serving = serving.model_copy(update={"tensor_parallel": degree})
        key = (workload.model, serving, kind.gpu)
        if key not in self._known:
            self._known[key] = smallest_fit(workload.model, serving, kind.gpu, kind.gpu.count)
        return self._known[key]

    def flags_that_help(self, workload: Workload, kind: InstanceType) -> tuple[str, ...]:
        """Return flags of the engine of which each alone would make it fit, cheapest first."""
        if workload.model is None or kind.gpu is None:
            return ()
        key = (workload.model, workload.serving, kind.gpu)
        if key not in self._advised:
            found = advice(*key, kind.gpu.count)
            self._advised[key] = tuple(each.flag for each in found)
        return self._advised[key]

    def gpus(self, workload: Workload, kind: InstanceType | None) -> int:
        """Return the GPUs per replica on a type, or -1 where the model does not fit there."""
        if workload.model is None:
            return self.asked(workload)
        fit = self.fit(workload, kind) if kind else None
        return fit.gpus if fit is not None and accepted(fit, workload.serving) else -1

    def requests(self, workload: Workload, kind: InstanceType | None, gpus: int) -> dict[str, int]:
        """Return what a replica takes of a node, by resource, its pod included."""
        requests = {**workload.requests, PODS: max(1, workload.requests.get(PODS, 0))}
        if workload.model is not None and kind is not None and kind.gpu is not None:
            requests[kind.gpu.resource] = gpus
        return requests
