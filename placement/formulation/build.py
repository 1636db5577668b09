"""Instance in, programme out."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from placement.caps import Cap
from placement.confidence import Cover
from placement.formulation import auxiliary, chances, families, rules
from placement.formulation.bounds import upper_bounds
from placement.formulation.carried import demand_rows, move_rows
from placement.formulation.layout import Layout
from placement.formulation.milp import Floats, Ints, Milp, Rows
from placement.formulation.names import NameOrder
from placement.formulation.patterns import (
    Crowd,
    NoFit,
    Patterns,
    crowding,
    no_fit,
    packing,
)
from placement.formulation.tied import tied_rows
from placement.instance import Instance
from placement.shares import WHOLE

__all__ = ["Exactness", "Programme", "build"]

_CAPS = {
    "stock": families.stock,
    "quota": families.quota,
    "pool_minimum": families.pool_minimum,
    "pool_maximum": families.pool_maximum,
    "cluster_limit": families.cluster_limit,
}


@dataclass(frozen=True, slots=True)
class Exactness:
    """What has been added so far because a packing failed, or a risk was too large."""

    patterns: tuple[Patterns, ...] = ()
    cuts: tuple[NoFit, ...] = ()
    crowds: tuple[Crowd, ...] = ()
    covers: tuple[Cover, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """The constraints of docs/model.md for one instance, without an objective.

    Parameters
    ----------
    layout
        Where the blocks of columns stand.
    lower, upper
        ``(cols,)`` bounds.
    families
        The constraint families.
    """

    layout: Layout
    lower: Floats
    upper: Floats
    families: tuple[Rows, ...]

    def milp(self, cost: Floats, more: Iterable[Rows] = ()) -> Milp:
        """Return the programme with an objective over its first columns, and further rows."""
        padded = np.zeros(self.lower.size)
        padded[: cost.size] = cost
        return Milp(
            cost=padded, lower=self.lower, upper=self.upper, families=(*self.families, *more)
        )


def build(
    instance: Instance,
    exactness: Exactness | None = None,
    *,
    limit: Ints | None = None,
    clusters: bool = False,
    names: NameOrder | None = None,
) -> Programme:
    """Return the programme of an instance.

    Parameters
    ----------
    exactness
        What packing has added so far.
    limit
        ``(C + S,)`` the most of x and n in any plan as cheap as the cheapest, where it is known.
    clusters
        Whether the level that counts clusters needs its variables defined.
    names
        The rows of the plan, where a level compares them.
    """
    exactness = exactness or Exactness()
    layout = Layout.of(instance, names.most.size if names else 0)
    most = np.concatenate([instance.limit, instance.most]) if limit is None else limit
    lower = [np.zeros(layout.candidates), instance.least]
    lower.append(np.zeros(layout.width - layout.candidates - layout.supplies))
    upper = [most, upper_bounds(instance, layout)]
    rows = [*_base(instance, layout), *_caps(instance, layout), *_rules(instance, layout)]
    rows += [_cluster_used(instance, layout)] if clusters else []
    if instance.confidence.chances:
        rows.append(chances.confidence(instance.confidence, layout.n, layout.h))
    if exactness.covers:
        rows.append(chances.cover(instance.confidence, exactness.covers, layout.h))
    if names:
        rows.append(auxiliary.presence(names.row, layout.x[names.candidate], layout.b, names.most))
    for crowd in exactness.crowds:
        rows.append(crowding(crowd, layout.x[crowd.candidate], int(layout.n[crowd.supply])))
    for family, more in _packed(instance, layout, exactness):
        rows.append(family)
        lower.append(np.zeros(more.size))
        upper.append(more)
    return Programme(
        layout=layout,
        lower=np.concatenate(lower).astype(np.float64),
        upper=np.concatenate(upper).astype(np.float64),
        families=tuple(family for family in rows if family.lower.size),
    )


def _packed(
    instance: Instance, layout: Layout, exactness: Exactness
) -> Iterator[tuple[Rows, Ints]]:
    """Yield the rows that packing has added with columns of their own, and those' upper bounds."""
    width = layout.width
    for patterns in exactness.patterns:
        y = width + np.arange(patterns.count.shape[0], dtype=np.int64)
        width += y.size
        n = int(layout.n[patterns.supply])
        most = np.full(y.size, instance.most[patterns.supply])
        yield packing(patterns, layout.x[patterns.candidate], n, y), most
    for cut in exactness.cuts:
        d = width + np.arange(len(cut.members) + 1, dtype=np.int64)
        width += d.size
        yield _cut(instance, layout, cut, d), np.ones(d.size, dtype=np.int64)


def _base(instance: Instance, layout: Layout) -> tuple[Rows, Rows]:
    held = instance.capacity
    return (
        families.demand(instance.workload, layout.x, layout.u, instance.replicas, instance.parts),
        families.capacity(
            held.row, layout.x[held.candidate], held.size, layout.n[held.supply], held.room
        ),
    )


def _caps(instance: Instance, layout: Layout) -> Iterable[Rows]:
    """Yield the limits, family by family, then growth under those that are exceeded now."""
    grow = {id(cap): col for cap, col in zip(_exceeded(instance.caps), layout.g, strict=True)}
    for name, family in _CAPS.items():
        caps = [cap for cap in instance.caps if cap.family == name]
        if not caps:
            continue
        row, col, coef = _stacked(
            [
                np.append(layout.n[cap.supply], grow[id(cap)]) if cap.over else layout.n[cap.supply]
                for cap in caps
            ],
            [np.append(cap.weight, cap.over) if cap.over else cap.weight for cap in caps],
        )
        yield family(row, col, coef, np.array([cap.bound + cap.over for cap in caps]))
    exceeded = _exceeded(instance.caps)
    if exceeded:
        new = [instance.running[cap.supply] == 0 for cap in exceeded]
        row, col, coef = _stacked(
            [layout.n[cap.supply[is_new]] for cap, is_new in zip(exceeded, new, strict=True)],
            [cap.weight[is_new] for cap, is_new in zip(exceeded, new, strict=True)],
        )
        bound = np.array([cap.bound for cap in exceeded], dtype=np.int64)
        yield auxiliary.growth(row, col, coef, layout.g, bound)


def _rules(instance: Instance, layout: Layout) -> Iterable[Rows]:
    """Yield the rules on workloads that the problem has, family by family."""
    held = instance.spot_shares
    if held.workload.size:
        yield rules.spot_share(held.row, layout.x[held.candidate], held.spot, held.share, WHOLE)
    for totals, family in (
        (instance.totals, rules.resource_limit),
        (instance.budgets, rules.budget),
    ):
        if totals:
            row, x, size = _stacked(
                [layout.x[total.candidate] for total in totals], [total.size for total in totals]
            )
            bound = np.array([total.bound for total in totals], dtype=np.int64)
            yield family(row, x, size, bound)
    yield from tied_rows(instance, layout)
    yield from demand_rows(instance, layout)
    yield from move_rows(instance, layout)


def _exceeded(caps: tuple[Cap, ...]) -> list[Cap]:
    return [cap for cap in caps if cap.over > 0]


def _stacked(cols: list[Ints], coefs: list[Ints]) -> tuple[Ints, Ints, Ints]:
    sizes = [col.size for col in cols]
    row = np.repeat(np.arange(len(cols), dtype=np.int64), sizes)
    return row, np.concatenate(cols), np.concatenate(coefs)


def _cluster_used(instance: Instance, layout: Layout) -> Rows:
    pair = instance.workload * layout.clusters + instance.cluster[instance.supply]
    pairs, row = np.unique(pair, return_inverse=True)
    most = instance.units[pairs // max(1, layout.clusters)]
    return auxiliary.cluster_used(row, layout.x, layout.z[pairs % max(1, layout.clusters)], most)


def _cut(instance: Instance, layout: Layout, cut: NoFit, d: Ints) -> Rows:
    x = tuple(layout.x[members] for members in cut.members)
    limit = np.array([instance.limit[members].sum() for members in cut.members], dtype=np.int64)
    most = int(instance.most[cut.supply])
    return no_fit(cut, x, int(layout.n[cut.supply]), d, limit=limit, most=most)
