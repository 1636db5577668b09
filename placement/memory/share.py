"""The parts of one GPU: what is taken of the engine's share, and what is left for the KV cache."""

from dataclasses import dataclass
from functools import lru_cache

from placement.memory.activation import activation_bytes
from placement.memory.architecture import architecture_of
from placement.memory.defaults import Options, is_large, options_of
from placement.memory.engine import Engine
from placement.memory.gpus import Usable, usable_memory
from placement.memory.kv_cache import Cache, cache_of
from placement.memory.lora import lora_bytes
from placement.memory.overhead import context_bytes, graph_bytes, non_torch_bytes, warm_up_bytes
from placement.memory.stages import Stage, stages_of
from placement.memory.weights import weight_bytes
from placement.problem.catalog import Gpu
from placement.problem.model import Model
from placement.problem.serving import Serving

__all__ = ["Share", "tightest_share"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """One GPU of a replica. Memory in bytes.

    Parameters
    ----------
    usable
        What CUDA reports, and what that rests on.
    options
        Options of the engine, defaults filled in.
    engine
        Whose constants were used.
    cache
        How keys and values are cached.
    weights, activation, non_torch, cuda_graph, lora, draft
        What is taken before the KV cache.
    outside
        What needs room outside the engine's share.
    """

    usable: Usable
    options: Options
    engine: Engine
    cache: Cache
    weights: int
    activation: int
    non_torch: int
    cuda_graph: int
    lora: int
    draft: int
    outside: int

    @property
    def total(self) -> int:
        """Return what CUDA reports."""
        return self.usable.bytes_

    @property
    def budget(self) -> int:
        """Return the engine's share."""
        return int(self.total * self.options.utilization)

    @property
    def taken(self) -> int:
        """Return what is taken of the share before the KV cache."""
        graphs = self.cuda_graph if self.engine.graphs_counted else 0
        return self.weights + self.activation + self.non_torch + graphs + self.lora + self.draft

    @property
    def left(self) -> int:
        """Return what is left for the KV cache; negative when the rest alone does not fit."""
        return self.budget - self.taken

    @property
    def request(self) -> int:
        """Return the KV cache of one request of full length."""
        return self.cache.request_bytes(self.options.context)


def tightest_share(
    model: Model, serving: Serving, gpu: Gpu, tensor_parallel: int, engine: Engine
) -> Share:
    """Return the GPU of the stage whose cache holds the least: it decides for all."""
    known = architecture_of(model)
    count = min(serving.pipeline_parallel, known.layers)
    stages = dict.fromkeys(stages_of(known.layers, count))
    shares = [
        _share(model, serving, gpu, tensor_parallel, engine=engine, stage=stage) for stage in stages
    ]
    if len(shares) == 1:
        return shares[0]
    return min(shares, key=lambda share: share.left / share.cache.block_bytes)


def _share(
    model: Model, serving: Serving, gpu: Gpu, degree: int, *, engine: Engine, stage: Stage
) -> Share:
    usable = usable_memory(gpu)
    large = is_large(usable.bytes_, usable.card or gpu.model)
    parts = _parts(model, serving, degree, engine, stage, large=large)
    outside = context_bytes(model, degree * serving.pipeline_parallel, usable.bytes_)
    return Share(
        usable=usable,
        options=parts.options,
        engine=engine,
        cache=parts.cache,
        weights=parts.weights,
        activation=parts.activation,
        non_torch=parts.non_torch,
        cuda_graph=parts.cuda_graph,
        lora=parts.lora,
        draft=parts.draft,
        outside=outside + parts.outside,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    """What of a :class:`Share` is the same on all large cards, and on all small ones."""

    options: Options
    cache: Cache
    weights: int
    activation: int
    non_torch: int
    cuda_graph: int
    lora: int
    draft: int
    outside: int


@lru_cache(maxsize=4096)
def _parts(
    model: Model, serving: Serving, degree: int, engine: Engine, stage: Stage, *, large: bool
) -> _Parts:
    known = architecture_of(model)
    options = options_of(model, serving, engine, large=large)
    graphs = graph_bytes(model, stage.layers, options.requests, eager=serving.enforce_eager)
    outside = 0
    if not engine.graphs_counted:
        outside = graphs + stage.last * warm_up_bytes(options.requests, known.vocabulary)
    draft = serving.draft if stage.last else None
    return _Parts(
        options=options,
        cache=cache_of(model, serving, degree, stage.layers, options.tokens, draft=draft),
        weights=weight_bytes(model, degree, stage),
        activation=activation_bytes(model, options, engine, degree, stage),
        non_torch=non_torch_bytes(engine, degree, serving.pipeline_parallel),
        cuda_graph=graphs,
        lora=lora_bytes(known, serving, degree, stage.layers),
        draft=_draft_weights(draft, degree),
        outside=outside,
    )


def _draft_weights(draft: Model | None, degree: int) -> int:
    """Return the weights of the model that drafts; it is shared like the one it drafts for."""
    if draft is None:
        return 0
    layers = architecture_of(draft).layers
    return weight_bytes(draft, degree, stages_of(layers, 1)[0])
