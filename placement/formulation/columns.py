"""Columns of a solution: those that follow from replicas and nodes, filled in."""

import numpy as np

from placement.formulation.layout import Layout
from placement.formulation.milp import Ints
from placement.formulation.names import NameOrder
from placement.formulation.rule_columns import rule_columns
from placement.instance import Instance

__all__ = ["lifted", "tidy"]


def lifted(instance: Instance, layout: Layout, x: Ints, n: Ints) -> Ints:
    """Return the columns ``(width,)`` that stand for replicas ``(C,)`` and nodes ``(S,)``.

    g stays 0: whether nodes were added is for the solver to complete.
    """
    values = np.zeros(layout.width, dtype=np.int64)
    values[layout.x], values[layout.n] = x, n
    placed = np.bincount(instance.workload, weights=x, minlength=layout.workloads)
    values[layout.u] = instance.replicas - placed.astype(np.int64) // instance.parts
    return tidy(instance, layout, values)


def tidy(instance: Instance, layout: Layout, columns: Ints, names: NameOrder | None = None) -> Ints:
    """Return the columns with those that follow from x and n set to what they count.

    Solvers may overstate them where nothing keeps them from it.
    """
    values = np.zeros(layout.width, dtype=np.int64)
    values[: columns.size] = columns
    values[layout.z] = 0
    values[layout.z[instance.cluster[instance.supply[values[layout.x] > 0]]]] = 1
    for block, found in rule_columns(instance, values[layout.x], values[layout.n]):
        values[layout.block(block)] = found
    values[layout.h] = instance.confidence.chosen(values[layout.n])
    if names is not None:
        values[layout.b] = 0
        values[layout.b[names.row[values[layout.x[names.candidate]] > 0]]] = 1
    return values
