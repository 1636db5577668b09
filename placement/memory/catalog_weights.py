"""The law of weights over many models at once."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import fields
from math import lcm
from typing import Any, cast

import numpy as np

from placement.memory.allocator import KEPT, LARGE, SEGMENT, SMALL
from placement.memory.architecture import Architecture
from placement.memory.catalog_cards import Floats
from placement.memory.catalog_layouts import Layout
from placement.memory.formats import bytes_per_weight, pieces
from placement.memory.tensors import Tensor, embedding_tensors, expert_layers, layer_tensors
from placement.memory.weights import rotary_bytes, weight_bytes
from placement.problem.model import Model

__all__ = ["allocated", "weights_of"]

EXACT = 2.0**52
"""From here on a sum in float64 may be inexact; such weights are given as infinite."""

ALIKE = (
    "dtype",
    "unquantized",
    "group_size",
    "mlp_matrices",
    "experts",
    "shared_experts",
    "kv_lora_rank",
    "q_lora_rank",
    "qk_rope_head_dim",
)
"""Fields by which the law takes one or another way; models alike in them are counted together."""


def weights_of(layouts: Sequence[Layout]) -> Floats:
    """Return weights, ``(layouts, degrees, stages)``, in bytes per GPU; infinite where too large.

    The law is :func:`~placement.memory.weights.weight_bytes`, which also counts what has no known
    shapes; layouts have as many degrees and stages.
    """
    found = np.empty((len(layouts), *layouts[0].shape))
    groups: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for number, layout in enumerate(layouts):
        if layout.known.shapes_known:
            alike = tuple(getattr(layout.model, name) for name in ALIKE)
            groups[alike, layout.known.kv_heads, layout.degrees].append(number)
        else:
            found[number] = _evenly(layout)
    for numbers in groups.values():
        found[numbers] = _of_group([layouts[number] for number in numbers])
    return found


def allocated(size: Floats) -> Floats:
    """Return what the allocator takes for tensors.

    The law is :func:`~placement.memory.allocator.allocated`.
    """
    block = np.ceil(size / SMALL) * SMALL
    segment = np.ceil(block / SEGMENT) * SEGMENT
    return np.where((block >= LARGE) & (segment - block <= KEPT), segment, block)


def _evenly(layout: Layout) -> Floats:
    """Return the weights of a model whose shapes are not known, ``(degrees, stages)``.

    The law takes them as shared evenly, so that those of one GPU say all: rounding up twice is
    rounding up once.
    """
    model, rotary = layout.model, rotary_bytes(layout.model, layout.known)
    whole = [weight_bytes(model, 1, stage) - rotary for stage in layout.stages]
    degrees = np.array(layout.degrees, np.float64)
    shared: Floats = np.ceil(np.array(whole, np.float64) / degrees[:, None])
    return shared + rotary


def _of_group(layouts: Sequence[Layout]) -> Floats:
    """Return the weights of layouts that are alike."""
    model, known = layouts[0].model, _stacked([layout.known for layout in layouts])
    counts = np.array([_counts(layout) for layout in layouts], np.float64)
    held, dense, sparse, ends = np.moveaxis(counts, 1, 0)
    rotary = np.array([rotary_bytes(each.model, each.known) for each in layouts], np.float64)
    rest = _rest(layouts, known) * held.T
    found = []
    for degree in layouts[0].degrees:
        total = rotary + ends.T * _set_aside([embedding_tensors(known, degree)], model)
        for count, experts in ((dense, False), (sparse, True)):
            if count.any():
                tensors = layer_tensors(known, model, degree, experts=experts)
                total = total + count.T * _set_aside(tensors, model)
        found.append((total + np.ceil(rest / (known.layers * degree))).T)
    return np.stack(found, axis=1)


def _stacked(known: Sequence[Architecture]) -> Any:
    """Return an architecture whose figures are arrays, but for the KV heads, which are the same."""
    names = [each.name for each in fields(Architecture) if each.name != "kv_heads"]
    stacked = {name: np.array([getattr(one, name) for one in known], np.float64) for name in names}
    return Architecture(kv_heads=known[0].kv_heads, **cast("dict[str, Any]", stacked))


def _counts(layout: Layout) -> tuple[list[int], ...]:
    """Return by stage: all layers, dense ones, those with experts, and embeddings and heads."""
    dense = layout.known.layers - expert_layers(layout.known, layout.model)
    plain = [max(0, min(it.layers, dense - it.first_layer)) for it in layout.stages]
    tied = layout.known.tied
    return (
        [stage.layers for stage in layout.stages],
        plain,
        [stage.layers - count for stage, count in zip(layout.stages, plain, strict=True)],
        [(it.first or it.last) if tied else it.first + it.last for it in layout.stages],
    )


def _set_aside(tensors: Iterable[Tensor], model: Model) -> Floats:
    """Return what the allocator takes for tensors, each with its scales."""
    sizes = [
        np.ceil(tensor.numbers * each.numerator / each.denominator)
        for tensor in tensors
        for each in pieces(model, wide=tensor.wide)
    ]
    total: Floats = np.sum([allocated(size) for size in sizes], axis=0)
    return total


def _rest(layouts: Sequence[Layout], known: Architecture) -> Floats:
    """Return what the matrices do not account for of the bytes as stored, ``(layouts,)``."""
    model = layouts[0].model
    numbers, size = _matrices(layouts, known)
    beyond = known.parameters - numbers
    more, less = (bytes_per_weight(model, wide=wide) for wide in (True, False))
    rest = np.where(
        beyond > 0,
        np.ceil(beyond * more.numerator / more.denominator),
        np.ceil(beyond * less.numerator / less.denominator),
    )
    stated = np.array([each.model.weight_bytes or 0 for each in layouts], np.float64)
    rest = np.where(stated > 0, stated - size, rest)
    most = np.maximum(np.abs(rest) * known.layers, numbers)
    return np.where(most < EXACT, rest, np.inf)


def _matrices(layouts: Sequence[Layout], known: Architecture) -> tuple[Floats, Floats]:
    """Return the weights of all matrices as they are stored, and their bytes."""
    model = layouts[0].model
    # MXFP4 pads its experts only on the GPU.
    bare = model.model_copy(update={"dtype": "nvfp4"}) if model.dtype == "mxfp4" else model
    wide, narrow = (bytes_per_weight(model, wide=wide) for wide in (True, False))
    parts = lcm(wide.denominator, narrow.denominator)
    sparse = np.array([expert_layers(each.known, each.model) for each in layouts], np.float64)
    embeddings = np.where(known.tied, 1, 2) * known.vocabulary * known.hidden
    embeddings = np.minimum(embeddings, known.parameters)
    numbers, size = embeddings, embeddings * int(wide * parts)
    for count, experts in ((known.layers - sparse, False), (sparse, True)):
        for tensor in layer_tensors(known, bare, 1, experts=experts) if count.any() else ():
            if not tensor.made:
                numbers = numbers + count * tensor.numbers
                size = size + count * tensor.numbers * int(
                    (wide if tensor.wide else narrow) * parts
                )
    return numbers, np.where(size < EXACT, np.ceil(size / parts), np.inf)
