"""Valid inequalities: implied by the rows for whole numbers, and not for fractions."""

import numpy as np

from placement.formulation.milp import Floats, Ints, Rows

__all__ = ["rounded_up", "rounding"]


def rounded_up(size: Ints, step: int, rest: int) -> Ints:
    r"""Return :math:`\varphi(t) = r \lfloor t / \delta \rfloor + \min(r, t \bmod \delta)`.

    Parameters
    ----------
    size
        ``(k,)`` :math:`t`.
    step, rest
        :math:`\delta`, and :math:`r` from 1 to :math:`\delta - 1`.
    """
    rounded: Ints = rest * (size // step) + np.minimum(rest, size % step)
    return rounded


def rounding(row: Ints, col: Ints, coef: Ints, bound: Floats) -> Rows:
    r"""(V1) What must be covered takes whole nodes, or whole replicas on nodes that others use.

    .. math:: \sum_{s \in J} \varphi(\min(a_s \hat{c}_{ws}, D)) \, n_s
        + \sum_{s \notin J} \varphi(a_s) \, x_{ws} + \varphi(k_w) \, u_w
        \ge r \lceil D / \delta \rceil

    with :math:`\varphi(t) = r \lfloor t / \delta \rfloor + \min(r, t \bmod \delta)` and
    :math:`r = D \bmod \delta > 0`, for any set J, any :math:`\delta`, and any row
    :math:`\sum_s a_s x_{ws} + k_w u_w \ge D` of C1, C9, C12, C13 or C17
    (mixed-integer rounding, Nemhauser and Wolsey 1990).

    Parameters
    ----------
    row, col, coef
        ``(nnz,)`` row, column and coefficient of each entry.
    bound
        ``(rows,)`` right-hand sides.
    """
    return Rows(
        name="rounding",
        row=row,
        col=col,
        coef=coef.astype(np.float64),
        lower=bound,
        upper=np.full(bound.size, np.inf),
    )
