"""Columns of a solution: those that follow from replicas and nodes, filled in."""

import numpy as np

from placement.formulation.layout import Layout
from placement.formulation.milp import Ints
from placement.formulation.names import NameOrder
from placement.instance import Instance

__all__ = ["lifted", "tidy"]


def lifted(instance: Instance, layout: Layout, x: Ints, n: Ints) -> Ints:
    """Return the columns ``(width,)`` that stand for replicas ``(C,)`` and nodes ``(S,)``.

    g stays 0: whether nodes were added is for the solver to complete.
    """
    values = np.zeros(layout.width, dtype=np.int64)
    values[layout.x], values[layout.n] = x, n
    placed = np.bincount(instance.workload, weights=x, minlength=layout.workloads)
    values[layout.u] = instance.replicas - placed.astype(np.int64)
    return tidy(instance, layout, values)


def tidy(instance: Instance, layout: Layout, columns: Ints, names: NameOrder | None = None) -> Ints:
    """Return the columns with z, b and h set to what they count, which solvers may overstate."""
    values = np.zeros(layout.width, dtype=np.int64)
    values[: columns.size] = columns
    values[layout.z] = 0
    values[layout.z[instance.cluster[instance.supply[values[layout.x] > 0]]]] = 1
    values[layout.h] = instance.confidence.chosen(values[layout.n])
    if names is not None:
        values[layout.b] = 0
        values[layout.b[names.row[values[layout.x[names.candidate]] > 0]]] = 1
    return values
