"""How models lie on GPUs: what of the laws depends on no option, each layout once."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from placement.memory.architecture import Architecture, architecture_of
from placement.memory.degrees import degrees_up_to
from placement.memory.stages import Stage, stages_of
from placement.memory.tensors import expert_layers
from placement.problem.model import Model
from placement.problem.serving import Serving

__all__ = ["Layout", "layouts_of"]

SHARED = ("attention_heads", "kv_heads", "intermediate_size", "experts", "kv_lora_rank")
"""Fields of a model that its degrees depend on (:mod:`~placement.memory.degrees`)."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Layout:
    """One way that a model is served, at every degree that is tried.

    Parameters
    ----------
    model, serving
        The model, and a workload's options; of these count ``pipeline_parallel``, ``draft``,
        ``kv_cache_dtype``, and whether there are adapters.
    degrees
        Tensor-parallel degrees to try, rising.
    """

    model: Model
    serving: Serving
    degrees: tuple[int, ...]

    @cached_property
    def known(self) -> Architecture:
        """Return the model's figures."""
        return architecture_of(self.model)

    @cached_property
    def stages(self) -> tuple[Stage, ...]:
        """Return the stages that differ in what they hold; the first of each kind."""
        layers = self.known.layers
        count = min(self.serving.pipeline_parallel, layers)
        if count == 1:
            return stages_of(layers, 1)
        dense = layers - expert_layers(self.known, self.model)
        kinds: dict[tuple[object, ...], Stage] = {}
        for stage in stages_of(layers, count):
            plain = max(0, min(stage.layers, dense - stage.first_layer))
            kind = (stage.layers, stage.first, stage.last, plain)
            kinds.setdefault(kind, stage)
        return tuple(kinds.values())

    @property
    def shape(self) -> tuple[int, int]:
        """Return the numbers of degrees and of stages."""
        return len(self.degrees), len(self.stages)


def layouts_of(
    workloads: Sequence[tuple[Model, Serving]], most: int
) -> tuple[tuple[Layout, ...], list[int]]:
    """Return the distinct layouts on nodes of at most so many GPUs, and each workload's."""
    keys: dict[tuple[object, ...], int] = {}
    known: dict[tuple[object, ...], tuple[int, ...]] = {}
    found: list[Layout] = []
    numbers = []
    for model, serving in workloads:
        key = (
            model,
            serving.pipeline_parallel,
            serving.tensor_parallel,
            serving.draft,
            serving.kv_cache_dtype,
            serving.max_loras > 0,
        )
        if key not in keys:
            keys[key] = len(found)
            alike = (*key[1:3], *(getattr(model, name) for name in SHARED))
            if alike not in known:
                known[alike] = _degrees(model, serving, most)
            found.append(Layout(model=model, serving=serving, degrees=known[alike]))
        numbers.append(keys[key])
    return tuple(found), numbers


def _degrees(model: Model, serving: Serving, most: int) -> tuple[int, ...]:
    """Return the degrees to try; where there is none, the one whose figures are shown."""
    if serving.tensor_parallel is not None:
        return (serving.tensor_parallel,)
    return degrees_up_to(model, most // serving.pipeline_parallel) or (1,)
