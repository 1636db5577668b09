"""How many GPUs a replica of a workload needs on an instance type."""

from dataclasses import dataclass, field

from placement.memory import MemoryFit, accepted, advice, smallest_fit
from placement.memory.catalog_fit import fit_catalog
from placement.problem import InstanceType, Problem, Serving, Workload
from placement.problem.catalog import USUAL_GPU
from placement.quantity import PODS

__all__ = ["Sizing", "gpu_resources"]


def gpu_resources(problem: Problem) -> frozenset[str]:
    """Return the names under which GPUs are counted, also on nodes whose type is not known."""
    return frozenset(kind.gpu.resource for kind in problem.instance_types if kind.gpu) | {USUAL_GPU}


@dataclass(frozen=True, slots=True)
class Sizing:
    """Sizes workloads on instance types, each need once; without a model, GPUs are as asked.

    What a whole problem needs is worked out at once, as arrays; reasons only where they are asked.
    """

    resources: frozenset[str]
    _gpus: dict[tuple[object, ...], int] = field(default_factory=dict, compare=False, repr=False)
    _known: dict[tuple[object, ...], MemoryFit] = field(
        default_factory=dict, compare=False, repr=False
    )
    _advised: dict[tuple[object, ...], tuple[str, ...]] = field(
        default_factory=dict, compare=False, repr=False
    )

    @classmethod
    def of(cls, problem: Problem) -> "Sizing":
        """Return the sizes of all workloads of a problem on all its instance types."""
        sizing = cls(gpu_resources(problem))
        cards = list(dict.fromkeys(kind.gpu for kind in problem.instance_types if kind.gpu))
        asking = [
            (each.model, sizing._served(each))
            for each in problem.workloads
            if each.model is not None
        ]
        served = list(dict.fromkeys(asking))
        for row, gpus in zip(served, fit_catalog(served, cards).gpus.tolist(), strict=True):
            for card, count in zip(cards, gpus, strict=True):
                sizing._gpus[*row, card] = count or -1
        return sizing

    def asked(self, workload: Workload) -> int:
        """Return the GPUs that the workload's requests state, 0 where they state none."""
        return sum(workload.requests.get(name, 0) for name in self.resources)

    def fit(self, workload: Workload, kind: InstanceType) -> MemoryFit | None:
        """Return the memory fit on a type; None where there is no model or no GPU to judge."""
        if workload.model is None or kind.gpu is None:
            return None
        key = (workload.model, self._served(workload), kind.gpu)
        if key not in self._known:
            self._known[key] = smallest_fit(*key, kind.gpu.count)
        return self._known[key]

    def _served(self, workload: Workload) -> Serving:
        """Return how a workload is served, GPUs that its requests state taken as its degree."""
        serving, asked = workload.serving, self.asked(workload)
        if not asked or serving.tensor_parallel is not None:
            return serving
        degree = max(1, asked // serving.pipeline_parallel)
        return serving.model_copy(update={"tensor_parallel": degree})

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
        if kind is None or kind.gpu is None:
            return -1
        known = self._gpus.get((workload.model, self._served(workload), kind.gpu))
        if known is not None:
            return known
        fit = self.fit(workload, kind)
        return fit.gpus if fit is not None and accepted(fit, workload.serving) else -1

    def requests(self, workload: Workload, kind: InstanceType | None, gpus: int) -> dict[str, int]:
        """Return what a replica takes of a node, by resource, its pod included."""
        requests = {**workload.requests, PODS: max(1, workload.requests.get(PODS, 0))}
        if workload.model is not None and kind is not None and kind.gpu is not None:
            requests[kind.gpu.resource] = gpus
        return requests
