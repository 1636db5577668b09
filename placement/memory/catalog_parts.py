"""The parts of one GPU of many workloads: the laws that depend on options, as arrays."""

from dataclasses import dataclass

import numpy as np

from placement.memory.activation import VISION
from placement.memory.catalog_cards import Bools, Floats
from placement.memory.catalog_columns import Columns
from placement.memory.catalog_tables import Tables
from placement.memory.kv_cache import BLOCK
from placement.memory.overhead import GRAPH_REQUEST

__all__ = ["Parts", "parts_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Workloads at one degree on GPUs of one size. Whole numbers as float64; memory in bytes.

    Parameters
    ----------
    weights, taken
        ``(workloads, stages)`` Weights, and all that the engine's share loses before the KV cache.
    block
        ``(workloads, stages)`` A block of the KV cache.
    blocks, needed
        ``(workloads, stages)`` Blocks of one request of full length, and the memory of all that are
        to be held.
    outside
        ``(workloads, stages)`` Room outside the share below which a start is at risk, beside the
        CUDA context.
    context
        ``(workloads,)`` Share of a GPU that this takes.
    gpus
        ``(workloads,)`` GPUs of a replica.
    refused, guessed, unsure, vision
        ``(workloads,)`` Whether the engine refuses the degree or the options, the size of its cache
        is guessed, layers keep a recurrent state or are assumed to be fewer than stages, or there
        is a tower for pictures.
    """

    weights: Floats
    taken: Floats
    block: Floats
    blocks: Floats
    needed: Floats
    outside: Floats
    context: Floats
    gpus: Floats
    refused: Bools
    guessed: Bools
    unsure: Bools
    vision: Bools

    @property
    def bound(self) -> Floats:
        """Return the largest figure of each workload, ``(workloads,)``, in bytes."""
        figures = np.maximum(np.abs(self.weights), np.abs(self.taken))
        most: Floats = np.maximum(figures, self.needed).max(axis=1)
        return most


def parts_of(tables: Tables, columns: Columns, position: int, *, large: bool) -> Parts:
    """Return the parts at the degree of a position; laws as in :mod:`~placement.memory.share`."""
    rows = columns.layout
    requests, tokens = columns.defaults(large=large)
    blocks, block = _request_blocks(tables, columns, tokens), tables.block[rows, position]
    graphs = tables.graphs[rows] + (requests * GRAPH_REQUEST)[:, None]
    graphs = np.where(columns.eager[:, None], 0.0, graphs)
    counted = columns.engine.counted[:, None]
    activation = _activation(tables, columns, tables.degree[rows, position], large=large)
    taken = activation + _kept(tables, columns, position)
    warming = tables.last[rows] * (8 * requests * tables.vocabulary[rows])[:, None]
    return Parts(
        weights=tables.weights[rows, position],
        taken=taken + np.where(counted, graphs, 0.0),
        block=block,
        blocks=blocks,
        needed=blocks * block * columns.held[:, None],
        outside=np.where(counted, 0.0, graphs + warming),
        context=tables.context[rows, position],
        gpus=tables.degree[rows, position] * tables.stages[rows],
        refused=tables.refused[rows, position] | (columns.requests > tokens),
        guessed=~tables.cache_known[rows],
        unsure=tables.unsure[rows],
        vision=tables.vision[rows],
    )


def _kept(tables: Tables, columns: Columns, position: int) -> Floats:
    """Return what is taken but activation and CUDA graphs, ``(workloads, stages)``."""
    rows = columns.layout
    degree = tables.degree[rows, position]
    held = tables.weights[rows, position] + tables.draft[rows, position]
    held += tables.adapter[rows, position] * columns.lora[:, None]
    whole: Floats = held + columns.engine.non_torch(degree, tables.stages[rows])[:, None]
    return whole


def _activation(tables: Tables, columns: Columns, degree: Floats, *, large: bool) -> Floats:
    """Return the activation, ``(workloads, stages)``.

    The law is :func:`~placement.memory.activation.activation_bytes`.
    """
    rows, engine = columns.layout, columns.engine
    requests, tokens = columns.defaults(large=large)
    hidden, active = tables.hidden[rows], tables.active[rows]
    layer = 2 * tokens * (3 * _ceil(tables.inner[rows], degree) + 4 * hidden)
    logits = engine.logits_bits * requests * tables.vocabulary[rows] // 8
    sampler = np.maximum(layer, logits + 2 * tokens * hidden)
    inner = _ceil(tables.expert_inner[rows], degree)
    kept = engine.activation_base + 2 * tokens * active * (np.maximum(2 * inner, hidden) + inner)
    peak = np.where(tables.last[rows], sampler[:, None], layer[:, None])
    handed = np.where(tables.hands_over[rows], (4 * tokens * hidden)[:, None], 0.0)
    return peak + kept[:, None] + handed + np.where(tables.sees[rows], VISION, 0.0)


def _request_blocks(tables: Tables, columns: Columns, tokens: Floats) -> Floats:
    """Return the blocks of a request of full length, ``(workloads, stages)``.

    The law is :meth:`~placement.memory.kv_cache.Cache.request_blocks`.
    """
    rows = columns.layout
    seen = np.minimum(tables.window[rows] - 1 + tokens, columns.context)
    full, windowed = tables.full[rows], tables.windowed[rows]
    whole, kept = _ceil(columns.context, BLOCK), _ceil(seen, BLOCK) + 1
    return full * whole[:, None] + windowed * kept[:, None]


def _ceil(number: Floats, by: Floats | int) -> Floats:
    whole: Floats = -(-number // by)
    return whole
