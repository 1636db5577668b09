"""GPUs of one replica, for the exhaustive search: from the memory room and what is asked."""

from placement.memory import fit, smallest_fit
from placement.problem import InstanceType, Problem, Workload

__all__ = ["gpus_of"]


def gpus_of(problem: Problem, workload: Workload, kind: InstanceType | None) -> int | None:
    """Return the GPUs of one replica on a type, or None where it cannot run."""
    names = {"nvidia.com/gpu", *(k.gpu.resource for k in problem.instance_types if k.gpu)}
    asked = sum(amount for name, amount in workload.requests.items() if name in names)
    if workload.model is None:
        return asked
    if kind is None or kind.gpu is None:
        return None
    if not asked:
        least = smallest_fit(workload.model, workload.serving, kind.gpu, kind.gpu.count)
        return least.gpus if _starts(workload, least.fits) else None
    stages = workload.serving.pipeline_parallel
    if asked % stages or asked > kind.gpu.count:
        return None
    sized = fit(workload.model, workload.serving, kind.gpu, asked // stages)
    return asked if _starts(workload, sized.fits) else None


def _starts(workload: Workload, verdict: str) -> bool:
    return verdict == "yes" or (verdict == "at-risk" and workload.serving.allow_at_risk)
