"""Memory fit over a whole catalog: many workloads on many instance types at once."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from placement.memory.catalog_cards import Bools, Cards, Floats, Ints
from placement.memory.catalog_columns import Columns, columns_of
from placement.memory.catalog_judge import VERDICTS, Verdicts, try_all
from placement.memory.catalog_layouts import Layout, layouts_of
from placement.memory.catalog_tables import Tables, tables_of
from placement.memory.choice import accepted, smallest_fit
from placement.memory.kv_cache import BLOCK
from placement.memory.result import Fits
from placement.problem.catalog import Gpu
from placement.problem.model import Model
from placement.problem.serving import Serving

__all__ = ["CatalogFit", "fit_catalog"]

EXACT = 2**49
"""Bytes up to which sums and quotients in float64 are exact, with room for products before them.

512 TiB a GPU; what may need more is left to the laws for one workload.
"""

MOST = 2**60
"""What larger figures are shown as."""

CHUNK = 1024
"""Workloads at a time: their arrays stay in the processor's cache."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogFit:
    """The fits of workloads on GPUs; arrays ``(workloads, gpus)``. Memory in bytes, per GPU.

    Every entry is that of :func:`~placement.memory.choice.smallest_fit` for the workload on one
    node with the GPUs of ``Gpu.count``.

    Parameters
    ----------
    gpus
        GPUs of one replica; 0 where a placement may not use the fit.
    tensor_parallel
        Degree chosen, or shown where none is accepted.
    verdict
        Index in :attr:`verdicts`.
    weights
        Of the stage that holds the least.
    kv
        What is left for its KV cache; 0 when nothing is.
    kv_tokens
        Tokens that this holds, as the engine tells them.
    max_concurrency
        Requests of full length that it holds at once.
    """

    verdicts: ClassVar[tuple[Fits, ...]] = VERDICTS

    gpus: NDArray[np.int32]
    tensor_parallel: NDArray[np.int32]
    verdict: Verdicts
    weights: Ints
    kv: Ints
    kv_tokens: Ints
    max_concurrency: Floats

    @classmethod
    def empty(cls, workloads: int, gpus: int) -> "CatalogFit":
        """Return arrays of this size, to be filled."""
        shape = (workloads, gpus)
        whole = {name: np.zeros(shape, np.int64) for name in ("weights", "kv", "kv_tokens")}
        return cls(
            gpus=np.zeros(shape, np.int32),
            tensor_parallel=np.zeros(shape, np.int32),
            verdict=np.zeros(shape, np.int8),
            max_concurrency=np.zeros(shape),
            **whole,
        )


def fit_catalog(workloads: Sequence[tuple[Model, Serving]], gpus: Sequence[Gpu]) -> CatalogFit:
    """Return the fit of every workload on every GPU, its count being the GPUs of a node.

    What depends on a model and a degree alone is computed once for each, by the laws for one
    workload; the rest by the same laws on arrays.
    """
    found = CatalogFit.empty(len(workloads), len(gpus))
    if not workloads or not gpus:
        return found
    cards = Cards.of(gpus)
    layouts, numbers = layouts_of(workloads, int(cards.count.max()))
    columns = columns_of(workloads, numbers)
    alone = np.zeros((len(workloads), len(gpus)), np.bool_)
    alone[:, (cards.most > EXACT)[cards.card[cards.node]]] = True
    for tables, rows, layout in _shapes(layouts, columns.layout):
        for start in range(0, rows.size, CHUNK):
            span = slice(start, start + CHUNK)
            part = columns.take(rows[span], layout[span])
            alone[rows[span]] |= _fill(found, rows[span], tables, part, cards)[:, None]
    _fill_alone(found, workloads, gpus, alone)
    return found


def _shapes(layouts: Sequence[Layout], layout: Ints) -> Iterator[tuple[Tables, Ints, Ints]]:
    """Yield tables of layouts of one shape, the workloads that have one, and which one."""
    shapes: dict[tuple[int, int], list[int]] = defaultdict(list)
    for number, each in enumerate(layouts):
        shapes[each.shape].append(number)
    for numbers in shapes.values():
        place = np.full(len(layouts), -1)
        place[numbers] = np.arange(len(numbers))
        rows = np.flatnonzero(place[layout] >= 0)
        # Workloads of one layout stand together, so that what is gathered of it is at hand.
        rows = rows[np.argsort(place[layout[rows]], kind="stable")]
        yield tables_of([layouts[number] for number in numbers]), rows, place[layout[rows]]


def _fill(found: CatalogFit, rows: Ints, tables: Tables, columns: Columns, cards: Cards) -> Bools:
    """Fill in the fits of some workloads; return which of them are beyond :data:`EXACT`."""
    tried = try_all(tables, columns, cards)
    # Of a node, the degrees that it has the GPUs for; where there are none, the first is shown.
    room = cards.count // tables.stages[columns.layout, None]
    last = (tables.degree[columns.layout, :, None] <= room[:, None, :]).sum(axis=1) - 1
    workload, card = np.arange(rows.size)[:, None], cards.card[None, :]
    degree = tried.best[np.maximum(last, 0), workload, card]
    at = (degree, workload, card)
    stage, layout = tried.stage[at], columns.layout[:, None]
    kv = np.maximum(tried.left[at], 0)
    verdict = np.where(last < 0, len(VERDICTS) - 1, tried.verdict[at])
    tensor = tables.degree[layout, degree]
    used = (verdict == 0) | columns.allowed[:, None] & (verdict == 1)
    blocks = np.floor(kv / tables.block[layout, degree, stage])
    groups = tables.full[layout, stage] + tables.windowed[layout, stage]
    by_request = columns.engine.by_request[:, None]
    held = tried.concurrency[at] * columns.context[:, None]
    values = {
        "gpus": np.where(used, tensor * tables.stages[layout], 0),
        "tensor_parallel": tensor,
        "verdict": verdict,
        "weights": tables.weights[layout, degree, stage],
        "kv": kv,
        "kv_tokens": np.where(by_request, np.floor(held), np.floor(blocks / groups) * BLOCK),
        "max_concurrency": tried.concurrency[at],
    }
    for name, value in values.items():
        array = getattr(found, name)
        array[rows] = np.clip(value, -MOST, MOST).astype(array.dtype)[:, cards.node]
    return tried.bound > EXACT


def _fill_alone(
    found: CatalogFit,
    workloads: Sequence[tuple[Model, Serving]],
    gpus: Sequence[Gpu],
    alone: Bools,
) -> None:
    """Fill in the fits that are left to the laws for one workload."""
    for row, column in np.argwhere(alone):
        (model, serving), gpu = workloads[row], gpus[column]
        fit = smallest_fit(model, serving, gpu, gpu.count)
        values = {
            "gpus": fit.gpus if accepted(fit, serving) else 0,
            "tensor_parallel": fit.tensor_parallel,
            "verdict": VERDICTS.index(fit.fits),
            "weights": max(-MOST, min(fit.weights, MOST)),
            "kv": min(fit.kv, MOST),
            "kv_tokens": min(fit.kv_tokens, MOST),
            "max_concurrency": fit.max_concurrency,
        }
        for name, value in values.items():
            getattr(found, name)[row, column] = value
