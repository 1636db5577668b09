"""What the laws say of layouts, as arrays over layout, degree and stage."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias

import numpy as np

from placement.memory.activation import ASSUMED_ACTIVE
from placement.memory.architecture import architecture_of
from placement.memory.catalog_cards import Bools, Floats
from placement.memory.catalog_layouts import Layout
from placement.memory.catalog_weights import weights_of
from placement.memory.degrees import why_not_degree
from placement.memory.kv_cache import cache_of
from placement.memory.lora import lora_bytes
from placement.memory.overhead import context_share, graph_bytes
from placement.memory.stages import Stage, stages_of
from placement.memory.weights import weight_bytes
from placement.problem.model import Model
from placement.problem.serving import Serving

__all__ = ["Tables", "tables_of"]

Row: TypeAlias = Mapping[str, Any]
"""Figures of one layout by the name of their table; by stage and degree as nested lists."""

ONE_ADAPTER = Serving(max_loras=1, max_lora_rank=1)
"""Buffers of adapters grow with their number times their rank, and with the layers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """Layouts of one shape. Memory in bytes per GPU; whole numbers as float64.

    Parameters
    ----------
    degree, refused
        ``(layouts, degrees)`` Tensor-parallel degree, and whether the model cannot be shared so.
    stages
        ``(layouts,)`` Pipeline-parallel degree.
    hidden, inner, expert_inner, vocabulary, active
        ``(layouts,)`` What activation depends on; ``active`` is 0 without workspace for experts.
    cache_known, unsure, vision
        ``(layouts,)`` Whether the cache's size is known, whether layers keep a recurrent state or
        are assumed to be fewer than stages, and whether there is a tower for pictures.
    window
        ``(layouts,)`` Tokens of a window.
    full, windowed
        ``(layouts, stages)`` Groups of layers.
    last, hands_over, sees
        ``(layouts, stages)`` Whether a stage samples, has neighbours, and takes in pictures.
    graphs
        ``(layouts, stages)`` CUDA graphs but those of requests.
    context
        ``(layouts, degrees)`` Share of a GPU that the CUDA context takes.
    weights, draft, block, adapter
        ``(layouts, degrees, stages)`` Weights, weights of the draft model, a block of the KV cache,
        and buffers of an adapter of rank one.
    """

    degree: Floats
    refused: Bools
    stages: Floats
    hidden: Floats
    inner: Floats
    expert_inner: Floats
    vocabulary: Floats
    active: Floats
    cache_known: Bools
    unsure: Bools
    vision: Bools
    window: Floats
    full: Floats
    windowed: Floats
    last: Bools
    hands_over: Bools
    sees: Bools
    graphs: Floats
    context: Floats
    weights: Floats
    draft: Floats
    block: Floats
    adapter: Floats


def tables_of(layouts: Sequence[Layout]) -> Tables:
    """Return the tables of layouts that have as many degrees and stages."""
    rows = [{**_once(layout), **_by_stage(layout), **_by_degree(layout)} for layout in layouts]
    columns: dict[str, Any] = {name: np.array([row[name] for row in rows]) for name in rows[0]}
    for name, array in columns.items():
        columns[name] = array if array.dtype == np.bool_ else array.astype(np.float64)
    added = _added(layouts)
    block = _blocks(columns["degree"], *(columns.pop(name) for name in ("page", "heads", "group")))
    return Tables(
        **columns,
        weights=weights_of(layouts),
        draft=added["draft"],
        block=block + added["drafted"],
        adapter=added["adapter"],
    )


def _blocks(degree: Floats, page: Floats, heads: Floats, group: Floats) -> Floats:
    """Return a block of the KV cache: the page of one GPU is shared by its heads.

    The law is :func:`~placement.memory.kv_cache.cache_of`.
    """
    pages = (page / heads)[:, None] * np.ceil(heads[:, None] / degree)
    blocks: Floats = pages[:, :, None] * group[:, None, :]
    return blocks


def _once(layout: Layout) -> Row:
    known, model = layout.known, layout.model
    inner = known.intermediate
    if model.experts and not model.dense_layers:
        inner = model.shared_experts * known.expert_intermediate
    active = 0
    if model.experts and model.dtype != "mxfp4":
        active = model.experts_per_token or min(ASSUMED_ACTIVE, model.experts)
    return {
        "stages": layout.serving.pipeline_parallel,
        "hidden": known.hidden,
        "inner": inner,
        "expert_inner": known.expert_intermediate,
        "vocabulary": known.vocabulary,
        "active": active,
        "cache_known": known.cache_known,
        "unsure": model.state_layers > 0 or known.layers < layout.serving.pipeline_parallel,
        "vision": model.vision_parameters > 0,
        "window": model.sliding_window or 0,
    }


def _by_stage(layout: Layout) -> Row:
    model, stages = layout.model, layout.stages
    # The cache of one GPU; what its compressed keys and values take (MLA) is not shared.
    caches = [cache_of(model, layout.serving, 1, stage.layers, 0) for stage in stages]
    return {
        "page": caches[0].page,
        "heads": 1 if model.kv_lora_rank else layout.known.kv_heads,
        "group": [each.group for each in caches],
        "full": [each.full for each in caches],
        "windowed": [each.windowed for each in caches],
        "last": [stage.last for stage in stages],
        "hands_over": [not (stage.first and stage.last) for stage in stages],
        "sees": [stage.first and model.vision_parameters > 0 for stage in stages],
        "graphs": [graph_bytes(model, stage.layers, 0, eager=False) for stage in stages],
    }


def _by_degree(layout: Layout) -> Row:
    model, count = layout.model, layout.serving.pipeline_parallel
    few = bool(model.layers and model.layers < count)
    fixed = layout.serving.tensor_parallel is not None  # else only what is allowed is tried
    return {
        "degree": layout.degrees,
        "refused": [few or (fixed and bool(why_not_degree(model, it))) for it in layout.degrees],
        "context": [context_share(model, degree * count) for degree in layout.degrees],
    }


def _added(layouts: Sequence[Layout]) -> Mapping[str, Floats]:
    """Return what a draft model and adapters add, by degree and stage, each 0 without."""
    shape = (len(layouts), *layouts[0].shape)
    added = {name: np.zeros(shape) for name in ("draft", "drafted", "adapter")}
    weights = cache(weight_bytes)
    for number, layout in enumerate(layouts):
        if not layout.serving.max_loras and layout.serving.draft is None:
            continue
        for position, degree in enumerate(layout.degrees):
            for order, stage in enumerate(layout.stages):
                for name, value in _added_by(layout, degree, stage, weights):
                    added[name][number, position, order] = value
    return added


def _added_by(
    layout: Layout, degree: int, stage: Stage, weights: Callable[[Model, int, Stage], int]
) -> Iterator[tuple[str, int]]:
    """Yield the draft's weights, what it adds to a block, and an adapter of rank one."""
    serving, draft = layout.serving, layout.serving.draft
    if draft is not None and stage.last:
        yield "draft", weights(draft, degree, stages_of(architecture_of(draft).layers, 1)[0])
        cached = cache_of(layout.model, serving, degree, stage.layers, 0, draft=draft)
        yield "drafted", cached.draft
    if serving.max_loras:
        yield "adapter", lora_bytes(layout.known, ONE_ADAPTER, degree, stage.layers)
