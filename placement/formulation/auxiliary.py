"""Rows that define helper variables or hold a level of the objective, one function each.

From (A5) on all take ``(nnz,)`` row, column and coefficient of each entry, and ``(rows,)`` bounds.
"""

import numpy as np

from placement.formulation.milp import Floats, Ints, Rows, at_most

__all__ = [
    "cluster_used",
    "elsewhere",
    "group_used",
    "growth",
    "leaving",
    "level",
    "load_power",
    "moved",
    "presence",
]


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


def group_used(row: Ints, col: Ints, coef: Ints, bound: Ints) -> Rows:
    r"""(A5) A workload is present in a group exactly if it has replicas there.

    .. math:: p_{wg} \le \sum_{s \in g} x_{ws} \le N_w \, p_{wg}

    The same of the nodes of a supply, where these count as groups without replicas.
    """
    return at_most("group_used", row, col, coef, bound)


def leaving(row: Ints, col: Ints, coef: Ints, bound: Ints) -> Rows:
    r"""(A6) What runs in a place and is not there in the plan leaves it.

    .. math:: v_{wo} \ge R_{wo} - \sum_{s \in o} x_{ws}, \qquad
        v_{wo} \ge R_{wo} - \sum_{s \in o} x_{ws} + \sum_{i \in o} (R_{wi} - v_{wi})

    the second for a pool of which some replicas :math:`R_{wi}` run on named nodes.
    """
    return at_most("leaving", row, col, coef, bound)


def moved(row: Ints, col: Ints, coef: Ints, bound: Ints) -> Rows:
    r"""(A7) Replicas that leave a place have moved, but for those that a scale-down takes away.

    .. math:: k_w \, \hat{k}_w \ge \sum_o v_{wo} - D_w

    for :math:`\hat{k}_w` replicas moved. Of a load, the fall is the plan's own:
    :math:`k_w \hat{k}_w \ge \min(\sum_o v_{wo}, \sum_o v_{wo} - R_w + \sum_s x_{ws})`, with a
    binary :math:`d_w` to say which.
    """
    return at_most("moved", row, col, coef, bound)


def elsewhere(row: Ints, col: Ints, coef: Ints, bound: Ints) -> Rows:
    r"""(A8) Of what has moved, as much as arrives elsewhere counts, but for what cannot stay.

    .. math:: c_w \ge \min(\hat{k}_w, \; \tfrac{1}{k_w} (\sum_s x_{ws} - R_w + \sum_o v_{wo}))
        - F_w

    with a binary :math:`a_w` to say which, and :math:`F_w` replicas in places where the workload
    has no candidate any more.
    """
    return at_most("elsewhere", row, col, coef, bound)


def load_power(row: Ints, col: Ints, coef: Ints, bound: Ints) -> Rows:
    r"""(A9) What the replicas of a load could carry.

    .. math:: y_w = \sum_{s} r_{ws} \, x_{ws} \qquad \forall w

    written as two inequalities.
    """
    return at_most("load_power", row, col, coef, bound)
