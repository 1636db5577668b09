"""Constraint families of demands other than a count, and of moves, one function each.

All take ``(nnz,)`` row, column and coefficient of each entry, and ``(rows,)`` upper bounds.
"""

from placement.formulation.milp import Ints, Rows, at_most

__all__ = ["load", "load_excess", "move_limit", "whole_nodes"]


def load(row: Ints, col: Ints, coef: Ints, bound: Ints) -> Rows:
    r"""(C17) A load is carried by replicas, or left.

    .. math:: y_w + k_w \, l_w \ge k_w \, A_w \qquad \forall w

    in the load's own units, for what replicas could carry :math:`y_w`.
    """
    return at_most("load", row, col, coef, bound)


def load_excess(row: Ints, col: Ints, coef: Ints, bound: Ints) -> Rows:
    r"""(C17) Without any one of its replicas, the load would not be carried whole.

    .. math:: y_w + k_w (\hat{r}_w - r) \, p_{wr}
        \le k_w (A_w - 1 + \hat{r}_w) \qquad \forall w, r

    for the highest rate :math:`\hat{r}_w` and every rate :math:`r` of a replica that is there.
    """
    return at_most("load", row, col, coef, bound)


def whole_nodes(row: Ints, col: Ints, coef: Ints, bound: Ints) -> Rows:
    r"""(C18) The nodes of a replica that takes several are in one place.

    .. math:: \sum_{s \in o} x_{ws} = k_w \, q_{wo} \qquad \forall w, o

    written as two inequalities; a place is a cluster, pool, type, capacity type and zone.
    """
    return at_most("whole_nodes", row, col, coef, bound)


def move_limit(row: Ints, col: Ints, coef: Ints, bound: Ints) -> Rows:
    r"""(C19) No more replicas move elsewhere than may, those that cannot stay apart.

    .. math:: \sum_{w} c_w \le K
    """
    return at_most("move_limit", row, col, coef, bound)
