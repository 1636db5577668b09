"""Constraint families of rules on workloads, one function each, in the order of docs/model.md."""

import numpy as np

from placement.formulation.milp import Ints, Rows, at_most

__all__ = ["budget", "resource_limit", "spot_share"]


def spot_share(row: Ints, x: Ints, spot: Ints, share: Ints, whole: int) -> Rows:
    r"""(C9) At most a share of a workload's replicas placed runs on spot.

    .. math:: \sum_{s \in \text{spot}} \sigma \, x_{ws} \le \sum_{s} \phi_w \, x_{ws}
        \qquad \forall w \text{ with } \phi_w < \sigma

    Parameters
    ----------
    row, x, spot
        ``(nnz,)`` row and column of each candidate of these workloads, and 1 where it is on spot.
    share
        ``(rows,)`` :math:`\phi_w`, in parts of ``whole``.
    whole
        :math:`\sigma`.
    """
    return at_most("spot_share", row, x, whole * spot - share[row], np.zeros_like(share))


def resource_limit(row: Ints, x: Ints, size: Ints, bound: Ints) -> Rows:
    r"""(C10) What the replicas of a match request together stays within its limit.

    .. math:: \sum_{(w, s) \in m} a_{wsk} \, x_{ws} \le L_m \qquad \forall m

    Parameters
    ----------
    row, x, size
        ``(nnz,)`` limit, column and :math:`a_{wsk}` of each candidate that it counts, in the row's
        own units.
    bound
        ``(rows,)`` :math:`L_m`, in the same units, rounded down.
    """
    return at_most("limit", row, x, size, bound)


def budget(row: Ints, x: Ints, charge: Ints, bound: Ints) -> Rows:
    r"""(C11) What the replicas of a match are charged per hour stays within its budget.

    .. math:: \sum_{(w, s) \in m} \frac{a_{wsg}}{V_{gs}} \pi_s \, x_{ws} \le B_m
        \qquad \forall m

    for the GPUs :math:`g` of a node of which it has :math:`V_{gs}` in all, or its CPU.

    Parameters
    ----------
    row, x, charge
        ``(nnz,)`` budget, column and charge of each candidate that it counts, in the row's own
        units; where these are too fine, rounded up.
    bound
        ``(rows,)`` :math:`B_m`, in the same units, rounded down.
    """
    return at_most("budget", row, x, charge, bound)
