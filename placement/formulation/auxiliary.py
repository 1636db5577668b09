"""Rows that define helper variables or hold a level of the objective, one function each."""

import numpy as np

from placement.formulation.milp import Floats, Ints, Rows

__all__ = ["cluster_used", "growth", "level", "presence"]


def growth(row: Ints, n: Ints, weight: Ints, g: Ints, bound: Ints) -> Rows:
    r"""(A1) Under a limit that is exceeded now, nodes are added only if it is kept again.

    .. math:: \sum_{s \in q, \, s \, \text{new}} v_{qs} \, n_s \le L_q \, g_q
        \qquad \forall q : O_q > 0

    Parameters
    ----------
    row, n, weight
        ``(nnz,)`` limit, column and :math:`v_{qs}` of each supply of nodes to be bought.
    g, bound
        ``(rows,)`` column of :math:`g_q`, and :math:`L_q`.
    """
    return Rows(
        name="growth",
        row=np.concatenate([row, np.arange(g.size, dtype=np.int64)]),
        col=np.concatenate([n, g]),
        coef=np.concatenate([weight, -bound]).astype(np.float64),
        lower=np.full(g.size, -np.inf),
        upper=np.zeros(g.size),
    )


def cluster_used(row: Ints, x: Ints, z: Ints, most: Ints) -> Rows:
    r"""(A2) A cluster that has replicas counts as used.

    .. math:: \sum_{s \in c} x_{ws} \le N_w \, z_c \qquad \forall w, c

    Parameters
    ----------
    row, x
        ``(C,)`` pair of workload and cluster, and column, of each candidate.
    z, most
        ``(rows,)`` column of :math:`z_c`, and :math:`N_w`, of each pair.
    """
    return Rows(
        name="cluster_used",
        row=np.concatenate([row, np.arange(z.size, dtype=np.int64)]),
        col=np.concatenate([x, z]),
        coef=np.concatenate([np.ones(x.size), -most.astype(np.float64)]),
        lower=np.full(z.size, -np.inf),
        upper=np.zeros(z.size),
    )


def level(col: Ints, coef: Floats, least: float, most: float) -> Rows:
    r"""(A3) A level of the objective keeps the value that was reached.

    .. math:: \underline{f} \le \sum_j f_j \, v_j \le \overline{f}

    Parameters
    ----------
    col, coef
        ``(nnz,)`` columns and coefficients of the level, whole numbers.
    least, most
        Its bounds, in units of the level.
    """
    return Rows(
        name="level",
        row=np.zeros(col.size, dtype=np.int64),
        col=col,
        coef=coef,
        lower=np.array([least]),
        upper=np.array([most]),
    )


def presence(row: Ints, x: Ints, b: Ints, most: Ints) -> Rows:
    r"""(A4) A row of the plan is present exactly if it has replicas.

    .. math:: b_r \le \sum_{s \in r} x_{ws} \le N_w \, b_r \qquad \forall r

    Parameters
    ----------
    row, x
        ``(nnz,)`` plan row and column of each candidate.
    b, most
        ``(rows,)`` column of :math:`b_r`, and :math:`N_w`.
    """
    rows = np.arange(b.size, dtype=np.int64)
    return Rows(
        name="presence",
        row=np.concatenate([row, rows, row + b.size, rows + b.size]),
        col=np.concatenate([x, b, x, b]),
        coef=np.concatenate(
            [np.ones(x.size), -np.ones(b.size), np.ones(x.size), -most.astype(np.float64)]
        ),
        lower=np.concatenate([np.zeros(b.size), np.full(b.size, -np.inf)]),
        upper=np.concatenate([np.full(b.size, np.inf), np.zeros(b.size)]),
    )
