"""Constraint families of docs/model.md, one function each, in its order."""

import numpy as np

from placement.formulation.milp import Ints, Rows, at_most

__all__ = [
    "capacity",
    "cluster_limit",
    "demand",
    "pool_maximum",
    "pool_minimum",
    "quota",
    "stock",
]


def demand(workload: Ints, x: Ints, u: Ints, replicas: Ints, parts: Ints) -> Rows:
    r"""(C1) Every replica of a workload is placed or left out.

    .. math:: \sum_{s} x_{ws} + k_w u_w = k_w N_w \qquad \forall w

    Parameters
    ----------
    workload
        ``(C,)`` workload of each candidate.
    x, u
        ``(C,)``, ``(W,)`` columns of replicas placed and left out.
    replicas
        ``(W,)`` :math:`N_w`, in replicas.
    parts
        ``(W,)`` :math:`k_w`, nodes of one replica: x counts each of them.
    """
    asked = (replicas * parts).astype(np.float64)
    return Rows(
        name="demand",
        row=np.concatenate([workload, np.arange(u.size, dtype=np.int64)]),
        col=np.concatenate([x, u]),
        coef=np.concatenate([np.ones(x.size), parts.astype(np.float64)]),
        lower=asked,
        upper=asked,
    )


def capacity(row: Ints, x: Ints, size: Ints, n: Ints, room: Ints) -> Rows:
    r"""(C2) Replicas use no more of a resource than the nodes of their supply have.

    .. math:: \sum_{w} a_{wsk} \, x_{ws} \le Q_{sk} \, n_s \qquad \forall s, k

    Parameters
    ----------
    row, x, size
        ``(nnz,)`` row, column and :math:`a_{wsk}` of each entry, in the row's own units.
    n, room
        ``(rows,)`` column of the nodes and :math:`Q_{sk}`, in the row's own units.
    """
    rows = np.arange(n.size, dtype=np.int64)
    return at_most(
        "capacity",
        np.concatenate([row, rows]),
        np.concatenate([x, n]),
        np.concatenate([size, -room]),
        np.zeros(n.size, dtype=np.int64),
    )


def stock(row: Ints, col: Ints, coef: Ints, bound: Ints) -> Rows:
    r"""(C4) No more nodes are bought than an offering has in stock.

    .. math:: \sum_{s \in o} n_s \le I_o \qquad \forall o

    A region-wide offering counts the nodes of all its zones.

    Parameters
    ----------
    row, col, coef
        ``(nnz,)`` offering, column of each supply of nodes to be bought, and 1.
    bound
        ``(rows,)`` :math:`I_o`, in nodes.
    """
    return at_most("stock", row, col, coef, bound)


def quota(row: Ints, col: Ints, coef: Ints, bound: Ints) -> Rows:
    r"""(C5) Pool nodes, running and new, stay within a quota.

    .. math:: \sum_{s \in q} v_{qs} \, n_s + O_q \, g_q \le L_q + O_q \qquad \forall q

    What runs beyond the quota, :math:`O_q`, may stay as long as nothing is added (A1).

    Parameters
    ----------
    row, col, coef
        ``(nnz,)`` quota, column of n or g, and :math:`v_{qs}` or :math:`O_q`.
    bound
        ``(rows,)`` :math:`L_q + O_q`, in nodes, vCPUs or units of a resource.
    """
    return at_most("quota", row, col, coef, bound)


def pool_minimum(row: Ints, col: Ints, coef: Ints, bound: Ints) -> Rows:
    r"""(C6) A node pool has at least its minimum of nodes, used or not.

    .. math:: \sum_{s \in p} n_s \ge m_p \qquad \forall p

    Parameters
    ----------
    row, col, coef
        ``(nnz,)`` pool, column of each supply, and 1.
    bound
        ``(rows,)`` :math:`m_p`, in nodes.
    """
    return Rows(
        name="pool_minimum",
        row=row,
        col=col,
        coef=coef.astype(np.float64),
        lower=bound.astype(np.float64),
        upper=np.full(bound.size, np.inf),
    )


def pool_maximum(row: Ints, col: Ints, coef: Ints, bound: Ints) -> Rows:
    r"""(C7) A node pool has at most its maximum of nodes.

    .. math:: \sum_{s \in p} n_s + O_p \, g_p \le M_p + O_p \qquad \forall p

    What runs beyond the maximum, :math:`O_p`, may stay as long as nothing is added (A1).

    Parameters
    ----------
    row, col, coef
        ``(nnz,)`` pool, column of n or g, and 1 or :math:`O_p`.
    bound
        ``(rows,)`` :math:`M_p + O_p`, in nodes.
    """
    return at_most("pool_maximum", row, col, coef, bound)


def cluster_limit(row: Ints, col: Ints, coef: Ints, bound: Ints) -> Rows:
    r"""(C8) All nodes of a cluster together, those of no pool too, stay within its limits.

    .. math:: \sum_{s \in c} v_{ks} \, n_s + O_{ck} \, g_{ck} \le L_{ck} + O_{ck}
        \qquad \forall c, k

    What runs beyond the limit, :math:`O_{ck}`, may stay as long as nothing is added (A1).

    Parameters
    ----------
    row, col, coef
        ``(nnz,)`` limit, column of n or g, and :math:`v_{ks}` or :math:`O_{ck}`.
    bound
        ``(rows,)`` :math:`L_{ck} + O_{ck}`, in nodes or units of a resource.
    """
    return at_most("cluster_limit", row, col, coef, bound)
