"""The parallel choice: how many GPUs a replica takes of one card."""

from collections.abc import Iterator
from dataclasses import replace

from placement.memory.degrees import degrees_up_to
from placement.memory.engine import Engine
from placement.memory.fit import fit, verdict_of
from placement.memory.result import Fits, MemoryFit
from placement.problem.catalog import Gpu
from placement.problem.model import Model
from placement.problem.serving import Serving

__all__ = ["accepted", "gpus_needed", "smallest_fit"]


def smallest_fit(
    model: Model,
    serving: Serving,
    gpu: Gpu,
    gpus: int,
    engine: Engine | None = None,
    *,
    nodes: int = 1,
) -> MemoryFit:
    """Return the fit with the fewest GPUs, of up to ``gpus`` on each node.

    The smallest tensor-parallel degree that is accepted (``yes``, and ``at-risk`` where ``serving``
    allows it) is chosen, unless ``serving`` fixes one; by ``parallel_choice`` ``cheapest`` the one
    that takes the fewest GPUs for each request of full length held. Where none is, the smallest
    that is at risk is, then the smallest that is unknown; where all are refused, the largest tried
    is returned with its reasons.

    Parameters
    ----------
    nodes
        Nodes that a replica may span. A stage of the pipeline stays on one node; where ``serving``
        does not ask for stages, so many are tried as there are nodes.
    """
    tried = []
    for degree, stages in _shapes(model, serving, gpus, nodes):
        tried.append(fit(model, _in_stages(serving, stages), gpu, degree, engine))
        if serving.parallel_choice == "smallest" and accepted(tried[-1], serving):
            return tried[-1]
    if not tried:
        found = fit(model, serving, gpu, serving.tensor_parallel or 1, engine)
        where = "one node, which has" if nodes == 1 else f"{nodes} nodes, which have"
        reason = f"needs {found.gpus} GPUs on {where} {gpus * nodes}"
        return replace(found, fits="no", reasons=(reason, *found.reasons))
    good = [found for found in tried if accepted(found, serving)]
    if good:
        return min(good, key=lambda found: (found.gpus / found.max_concurrency, found.gpus))
    for verdict in ("at-risk", "unknown"):
        for found in tried:
            if found.fits == verdict:
                return found
    return tried[-1]


def accepted(found: MemoryFit, serving: Serving) -> bool:
    """Return whether a placement may use this fit."""
    return _may_be_used(found.fits, serving)


def gpus_needed(model: Model, serving: Serving, gpu: Gpu, gpus: int) -> int | None:
    """Return the GPUs of :func:`smallest_fit` on one node; None where it is not accepted.

    No part of the fit is worked out that does not decide.
    """
    if serving.parallel_choice != "smallest":
        found = smallest_fit(model, serving, gpu, gpus)
        return found.gpus if accepted(found, serving) else None
    for degree, stages in _shapes(model, serving, gpus, 1):
        if _may_be_used(verdict_of(model, serving, gpu, degree), serving):
            return degree * stages
    return None


def _may_be_used(fits: Fits, serving: Serving) -> bool:
    return fits == "yes" or (fits == "at-risk" and serving.allow_at_risk)


def _shapes(model: Model, serving: Serving, gpus: int, nodes: int) -> Iterator[tuple[int, int]]:
    """Yield tensor- and pipeline-parallel degrees to try, fewest GPUs first."""
    asked, fixed = serving.pipeline_parallel, serving.tensor_parallel
    shapes = []
    for stages in range(1, nodes + 1) if asked == 1 and nodes > 1 else (asked,):
        # Stages are dealt to nodes evenly, and none is split.
        room = gpus // -(-stages // nodes)
        for degree in degrees_up_to(model, room) if fixed is None else (fixed,):
            if degree <= room:
                shapes.append((degree, stages))
    yield from sorted(shapes, key=lambda shape: (shape[0] * shape[1], shape[1]))


def _in_stages(serving: Serving, stages: int) -> Serving:
    if stages == serving.pipeline_parallel:
        return serving
    return serving.model_copy(update={"pipeline_parallel": stages})
