"""Constraint families over groups of nodes, one function each, in the order of docs/model.md.

All take ``(nnz,)`` row, column and coefficient of each entry, and ``(rows,)`` upper bounds.
"""

from placement.formulation.milp import Ints, Rows, at_most

__all__ = [
    "colocation",
    "min_replicas",
    "separation",
    "spread_groups",
    "spread_share",
    "spread_skew",
    "survive",
    "survive_several",
]


def spread_groups(row: Ints, col: Ints, coef: Ints, bound: Ints) -> Rows:
    r"""(C12) So many groups have replicas, if any replica is placed.

    .. math:: \underline{G} \, p_{w} \le \sum_{g} p_{wg} \le \overline{G}
    """
    return at_most("spread", row, col, coef, bound)


def spread_share(row: Ints, col: Ints, coef: Ints, bound: Ints) -> Rows:
    r"""(C12) At most a share of the replicas placed is in one group.

    .. math:: \beta \sum_{s \in g} x_{ws} \le \alpha \sum_{s} x_{ws} \qquad \forall g

    with :math:`\sum_s x_{ws} = k_w (N_w - u_w)`,
    for the largest fraction :math:`\alpha / \beta` up to the share with :math:`\beta \le N_w`.
    """
    return at_most("spread", row, col, coef, bound)


def spread_skew(row: Ints, col: Ints, coef: Ints, bound: Ints) -> Rows:
    r"""(C12) No group has so many more replicas than another in which the workload could be.

    .. math:: m_w \le \sum_{s \in h} x_{ws} + N_w (1 - n_h) \quad \forall h, \qquad
        \sum_{s \in g} x_{ws} \le m_w + \delta \quad \forall g

    The term in :math:`n_h` is there for single nodes alone, which count once they are there.
    """
    return at_most("spread", row, col, coef, bound)


def survive(row: Ints, col: Ints, coef: Ints, bound: Ints) -> Rows:
    r"""(C13) Whatever group is lost, enough of the replicas placed is left.

    .. math:: \beta \sum_{s \notin g} x_{ws} \ge \alpha \sum_{s} x_{ws}, \qquad
        \sum_{s \notin g} x_{ws} \ge K \, p_w \qquad \forall g

    for the least fraction :math:`\alpha / \beta` from the share on with :math:`\beta \le N_w`.
    """
    return at_most("survive", row, col, coef, bound)


def survive_several(row: Ints, col: Ints, coef: Ints, bound: Ints) -> Rows:
    r"""(C13) Whichever k groups are lost at once, enough of the replicas placed is left.

    .. math:: \sum_{s \in g} x_{ws} \le t_w + e_{wg} \quad \forall g, \qquad
        \beta \, (k \, t_w + \sum_g e_{wg}) \le (\beta - \alpha) \sum_{s} x_{ws}, \qquad
        \sum_{s} x_{ws} - k \, t_w - \sum_g e_{wg} \ge K \, p_w

    The least :math:`k \, t + \sum_g e_g` is the sum of the k largest groups (Ogryczak and Tamir
    2003), so that one row stands for every choice of k groups.
    """
    return at_most("survive", row, col, coef, bound)


def min_replicas(row: Ints, col: Ints, coef: Ints, bound: Ints) -> Rows:
    r"""(C14) At least so many replicas are placed, or none.

    .. math:: \sum_{s} x_{ws} \ge M_w \, p_w
    """
    return at_most("min_replicas", row, col, coef, bound)


def colocation(row: Ints, col: Ints, coef: Ints, bound: Ints) -> Rows:
    r"""(C15) Every cluster that runs a workload runs its partner, too.

    .. math:: p_{wc} \le \sum_{s \in c} x_{w's} \qquad \forall c
    """
    return at_most("colocation", row, col, coef, bound)


def separation(row: Ints, col: Ints, coef: Ints, bound: Ints) -> Rows:
    r"""(C16) No cluster runs both of two workloads.

    .. math:: p_{wc} + p_{w'c} \le 1 \qquad \forall c
    """
    return at_most("separation", row, col, coef, bound)
