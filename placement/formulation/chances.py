"""Rows for stock that is not certain: all that a plan buys is there with a stated probability."""

from collections.abc import Sequence

import numpy as np

from placement.confidence import WHOLE, Confidence, Cover
from placement.formulation.milp import Ints, Rows, at_most

__all__ = ["confidence", "cover"]


def confidence(held: Confidence, n: Ints, h: Ints) -> Rows:
    r"""(C20) Everything that is bought is there with the probability asked for.

    .. math:: \sum_{s \in o} n_s \le I^0_o + \sum_k (I_{ok} - I^0_o) \, h_{ok}, \qquad
        \sum_k h_{ok} \le 1 \quad \forall o, \qquad
        \sum_{o, k} \left\lfloor R \, \frac{\ln p_{ok}}{\ln c} \right\rfloor h_{ok} \le R

    Parameters
    ----------
    held
        Offerings :math:`o` whose stock is not certain, with :math:`I^0_o` nodes for certain and
        :math:`I_{ok}` with the probability :math:`p_{ok}`.
    n, h
        ``(S,)`` and ``(levels,)`` columns.
    """
    offers = len(held.chances)
    level = np.repeat(np.arange(offers), [len(chance.nodes) for chance in held.chances])
    buyer = np.repeat(np.arange(offers), [chance.supply.size for chance in held.chances])
    supply = np.concatenate([chance.supply for chance in held.chances])
    more = np.concatenate([np.array(chance.nodes) - chance.sure for chance in held.chances])
    ones = np.ones(supply.size + h.size, dtype=np.int64)
    return at_most(
        "confidence",
        np.concatenate([buyer, level, level + offers, np.full(h.size, 2 * offers)]),
        np.concatenate([n[supply], h, h, h]),
        np.concatenate([ones[h.size :], -more, ones[supply.size :], held.risks()]),
        np.array([*(c.sure for c in held.chances), *[1] * offers, WHOLE], dtype=np.int64),
    )


def cover(held: Confidence, covers: Sequence[Cover], h: Ints) -> Rows:
    r"""(C20) Levels that are too risky together, told exactly, are not all reached.

    .. math:: \sum_{(o, k) \in v} \sum_{j \ge k} h_{oj} \le |v| - 1 \qquad \forall v

    Parameters
    ----------
    held, h
        As in :func:`confidence`.
    covers
        The sets :math:`v` that answers have shown so far.
    """
    sizes = [len(chance.nodes) for chance in held.chances]
    start = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    cols = [
        np.concatenate([h[start[at] + level : start[at + 1]] for at, level in each.members])
        for each in covers
    ]
    row = np.repeat(np.arange(len(cols), dtype=np.int64), [col.size for col in cols])
    col = np.concatenate(cols)
    bound = np.array([len(each.members) - 1 for each in covers], dtype=np.int64)
    return at_most("confidence", row, col, np.ones(col.size, dtype=np.int64), bound)
