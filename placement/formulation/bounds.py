"""Upper bounds of the columns after those of replicas and nodes."""

from collections.abc import Iterator

import numpy as np

from placement.formulation.layout import Layout
from placement.formulation.milp import Ints
from placement.instance import Instance

__all__ = ["upper_bounds"]


def upper_bounds(instance: Instance, layout: Layout) -> Ints:
    """Return the upper bounds of every column but x and n, block by block in the layout's order."""
    ones = np.ones(layout.block("g").size + layout.clusters + layout.block("p").size)
    return np.concatenate(
        [
            instance.replicas,
            ones.astype(np.int64),
            *(np.array(list(most), dtype=np.int64) for most in _rules(instance)),
            np.ones(layout.block("d").size, dtype=np.int64),
            np.array([each.units // each.parts for each in instance.limited], dtype=np.int64),
            np.ones(sum(layout.block(name).size for name in "ahb"), dtype=np.int64),
        ]
    )


def _rules(instance: Instance) -> Iterator[Iterator[int]]:
    """Yield the bounds of m, t, e, q, y, l, v and k."""
    units, several = instance.units.tolist(), instance.ties.several
    yield (skew.most for skew in instance.ties.skews)
    yield (units[loss.workload] for loss in several)
    yield (units[loss.workload] for loss in several for _ in loss.groups)
    yield (int(instance.replicas[workload]) for workload, _ in instance.whole)
    yield (load.highest * units[load.workload] for load in instance.loads)
    yield (load.amount for load in instance.loads)
    yield (place.units for each in instance.moving for place in each.places)
    yield (each.units // each.parts for each in instance.moving)
