"""Verdicts of many workloads on every card, and the degree that each takes."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from placement.memory.catalog_cards import Cards, Floats
from placement.memory.catalog_columns import Columns
from placement.memory.catalog_parts import Parts, parts_of
from placement.memory.catalog_tables import Tables
from placement.memory.overhead import CONTEXT
from placement.memory.result import Fits
from placement.memory.verdict import MARGIN, VISION

__all__ = ["VERDICTS", "Indices", "Tried", "Verdicts", "try_all"]

Indices = NDArray[np.intp]
Verdicts = NDArray[np.int8]

VERDICTS: tuple[Fits, ...] = ("yes", "at-risk", "unknown", "no")
"""Names of the numbers of verdicts, in the order of preference."""

YES, RISK, UNKNOWN, NO = range(4)

RANK = np.array([0.0, 1.0, 2.0, 4.0]) * 2**24
"""What a verdict adds to a preference; apart by more than any GPUs of a replica or degrees."""

LATER = np.array([1.0, 1.0, 1.0, -1.0])
"""The first degree is preferred, of those refused the last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """Workloads at every degree; all but ``bound`` ``(degrees, workloads, cards)``.

    Parameters
    ----------
    left
        What is left for the KV cache of the stage that holds the least; negative when nothing is.
    stage
        That stage.
    concurrency
        Requests of full length that it holds.
    verdict
        Index in :data:`VERDICTS`.
    best
        Degree to take of those up to each one.
    bound
        ``(workloads,)`` The largest figure met, in bytes.
    """

    left: Floats
    stage: Indices
    concurrency: Floats
    verdict: Verdicts
    best: Indices
    bound: Floats


def try_all(tables: Tables, columns: Columns, cards: Cards) -> Tried:
    """Return what becomes of workloads at every degree of their layouts."""
    shape = (tables.degree.shape[1], columns.layout.size, cards.total.size)
    left, concurrency, key = np.empty(shape), np.empty(shape), np.empty(shape)
    stage, verdict = np.empty(shape, np.intp), np.empty(shape, np.int8)
    bound = np.zeros(columns.layout.size)
    for large, span in ((False, slice(0, cards.small)), (True, slice(cards.small, None))):
        offer = _Offer.of(columns, cards, span)
        for position in range(shape[0]):
            parts = parts_of(tables, columns, position, large=large)
            bound = np.maximum(bound, parts.bound)
            at = (position, slice(None), span)
            left[at], stage[at] = _tightest(parts, offer.budget)
            verdict[at] = _judge(parts, columns, offer, left[at], stage[at])
            concurrency[at] = _concurrency(parts, left[at], stage[at])
            key[at] = _preference(parts, columns, position, verdict[at], concurrency[at])
    best = _best(key)
    return Tried(
        left=left, stage=stage, concurrency=concurrency, verdict=verdict, best=best, bound=bound
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Offer:
    """What cards offer workloads, ``(workloads, cards)``: share, rest, and what may be more.

    ``total`` is ``(cards,)``: what CUDA reports.
    """

    total: Floats
    budget: Floats
    rest: Floats
    hope: Floats

    @classmethod
    def of(cls, columns: Columns, cards: Cards, span: slice) -> "_Offer":
        share, total = columns.utilization[:, None], cards.total[span]
        budget = np.trunc(total * share)
        hope = np.trunc(cards.most[span] * share) - budget
        return cls(total=total, budget=budget, rest=total - budget, hope=hope)


def _tightest(parts: Parts, budget: Floats) -> tuple[Floats, Indices]:
    """Return what is left on the stage whose cache holds the least, and that stage."""
    stage = np.zeros(budget.shape, np.intp)
    left = budget - parts.taken[:, :1]
    least = left / parts.block[:, :1]
    for number in range(1, parts.taken.shape[1]):
        span = slice(number, number + 1)
        here = budget - parts.taken[:, span]
        held = here / parts.block[:, span]
        tighter = held < least
        left, least = np.where(tighter, here, left), np.where(tighter, held, least)
        stage[tighter] = number
    return left, stage


def _judge(parts: Parts, columns: Columns, offer: _Offer, left: Floats, stage: Indices) -> Verdicts:
    """Return verdicts; the law is :func:`~placement.memory.verdict.judge`."""
    needed = _of(parts.needed, stage)
    spare = left - needed
    context = np.maximum(CONTEXT, np.trunc(parts.context[:, None] * offer.total))
    risky = (spare < MARGIN) | (offer.rest < _of(parts.outside, stage) + context)
    risky |= ~columns.engine.modelled[:, None]
    unsure = parts.unsure[:, None] | parts.vision[:, None] & (spare < VISION)
    holds = np.where(unsure, UNKNOWN, np.where(risky, RISK, YES))
    saved = np.where(parts.guessed[:, None], needed, 0.0)
    lacks = np.where(spare + offer.hope + saved >= 0, UNKNOWN, NO)
    verdict = np.where(spare >= 0, holds, lacks)
    return np.where(parts.refused[:, None], NO, verdict).astype(np.int8)


def _concurrency(parts: Parts, left: Floats, stage: Indices) -> Floats:
    """Return the requests of full length that are held at once.

    Rounding down a quotient is exact here: neither number is near 2**52.
    """
    blocks = np.floor(np.maximum(left, 0.0) / _of(parts.block, stage))
    held: Floats = blocks / _of(parts.blocks, stage)
    return held


def _preference(
    parts: Parts, columns: Columns, position: int, verdict: Verdicts, concurrency: Floats
) -> Floats:
    """Return what the degree to take has the least of; see :mod:`~placement.memory.choice`."""
    ranked = np.where(columns.allowed[:, None] & (verdict == RISK), YES, verdict)
    order: Floats = RANK[ranked] + LATER[ranked] * position
    rows = np.flatnonzero(columns.cheapest)
    with np.errstate(divide="ignore"):
        costs = parts.gpus[rows, None] / concurrency[rows]
    order[rows] = np.where(ranked[rows] == YES, costs, order[rows])
    return order


def _best(key: Floats) -> Indices:
    """Return the degree with the least key of those up to each one; of equal ones the first."""
    best = np.zeros(key.shape, np.intp)
    least = key[0]
    for position in range(1, len(key)):
        best[position] = np.where(key[position] < least, position, best[position - 1])
        least = np.minimum(key[position], least)
    return best


def _of(values: Floats, stage: Indices) -> Floats:
    """Return each card's stage of values by stage, ``(workloads, cards)`` or broadcast to it."""
    return values if values.shape[1] == 1 else np.take_along_axis(values, stage, 1)
