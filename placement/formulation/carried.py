"""The rows of loads, of replicas over several nodes, and of moves."""

from collections.abc import Iterator

import numpy as np

from placement.formulation import auxiliary, demand_rules
from placement.formulation.layout import Layout
from placement.formulation.lines import Lines
from placement.formulation.milp import Ints, Rows
from placement.instance import Instance
from placement.loads import LoadRow
from placement.moving import Moving

__all__ = ["demand_rows", "move_rows"]


def demand_rows(instance: Instance, layout: Layout) -> Iterator[Rows]:
    """Yield the families of loads and of whole nodes that the problem has."""
    power, carried, excess, whole = Lines(), Lines(), Lines(), Lines()
    columns = zip(instance.loads, layout.block("y"), layout.block("l"), strict=True)
    for row, y, left in columns:
        x = layout.x[row.candidate]
        power.add((x, row.rate), (y, -1))
        power.add((x, -row.rate), (y, 1))
        clipped = np.minimum(row.rate, row.amount)  # as good in whole numbers, and tighter
        carried.add((x, -clipped), (left, -row.parts), bound=-row.parts * row.amount)
        if row.tight and row.candidate.size:
            _no_more(instance, layout, excess, row, int(y))
    for (workload, members), q in zip(instance.whole, layout.block("q"), strict=True):
        parts = int(instance.parts[workload])
        whole.add((layout.x[members], 1), (q, -parts))
        whole.add((layout.x[members], -1), (q, parts))
    yield from power.made(auxiliary.load_power)
    yield from carried.made(demand_rules.load)
    yield from excess.made(demand_rules.load_excess)
    yield from whole.made(demand_rules.whole_nodes)


def _no_more(instance: Instance, layout: Layout, lines: Lines, row: LoadRow, y: int) -> None:
    """Add that every replica of a load is needed."""
    all_of_it = (y, 1)
    bound = row.parts * (row.amount - 1 + row.highest)
    lines.add(all_of_it, bound=bound)
    p = layout.block("p")
    for rate, presence in instance.ties.rates.get(row.workload, ()):
        lines.add(all_of_it, (p[presence], row.parts * (row.highest - rate)), bound=bound)


def move_rows(instance: Instance, layout: Layout) -> Iterator[Rows]:
    """Yield what leaves, what has moved, and the limit of moves."""
    if not instance.moving:
        return
    leaving, moved, limit, elsewhere = Lines(), Lines(), Lines(), Lines()
    c, a = layout.block("c"), layout.block("a")
    v, falls = layout.block("v"), iter(layout.block("d"))
    start = 0
    for number, (each, k) in enumerate(zip(instance.moving, layout.block("k"), strict=True)):
        mine = v[start : start + len(each.places)]
        start += len(each.places)
        u = int(layout.u[each.workload])
        _leave(layout, leaving, each, mine)
        if instance.limited:
            _move_elsewhere(elsewhere, each, (mine, u), (int(k), int(c[number]), int(a[number])))
        if each.is_load:
            _move_of_load(moved, each, (mine, u), int(k), int(next(falls)))
        else:
            moved.add((mine, 1), (k, -each.parts), bound=each.leave)
    most = instance.problem.objective.max_moves
    if most is not None:
        limit.add((c, 1), bound=most)
    yield from leaving.made(auxiliary.leaving)
    yield from moved.made(auxiliary.moved)
    yield from elsewhere.made(auxiliary.elsewhere)
    yield from limit.made(demand_rules.move_limit)


def _move_elsewhere(
    lines: Lines, each: Moving, columns: tuple[Ints, int], k_c_a: tuple[int, int, int]
) -> None:
    """Add that of what moves, as much as arrives is limited, but for what cannot stay."""
    (leaves, u), (k, c, a) = columns, k_c_a
    most = each.units + each.most
    lines.add((k, 1), (c, -1), (a, -most), bound=each.forced)
    arrives = ((u, -each.parts), (leaves, 1), (c, -each.parts), (a, most))
    bound = each.units + most + each.forced * each.parts - each.most  # placed is most less u
    lines.add(*arrives, bound=bound)


def _leave(layout: Layout, lines: Lines, each: Moving, v: Ints) -> None:
    for column, place in zip(v, each.places, strict=True):
        inner = list(place.within)
        named = sum(each.places[number].units for number in inner)
        x = (layout.x[place.candidate], -1)
        lines.add(x, (column, -1), (v[inner], -1), bound=-place.units - named)


def _move_of_load(lines: Lines, each: Moving, columns: tuple[Ints, int], k: int, fall: int) -> None:
    """Add that the lesser of what leaves and what arrives has moved."""
    leaves, u = columns
    most = each.units + each.most
    lines.add((leaves, 1), (k, -each.parts), (fall, -most))
    arrives = ((leaves, 1), (u, -each.parts), (k, -each.parts), (fall, most))
    lines.add(*arrives, bound=each.units + most - each.most)
