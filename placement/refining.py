"""What a failed packing adds to the programme, and what the programme then says of a packing."""

import math
from collections.abc import Sequence

import numpy as np

from placement.formulation.build import Exactness, build
from placement.formulation.columns import tidy
from placement.formulation.layout import Layout
from placement.formulation.milp import Ints, Rows
from placement.packer import Fill, Packer
from placement.packing import Verdict

__all__ = ["decided", "mended", "refined"]


def refined(
    packer: Packer,
    known: Exactness,
    broken: Sequence[Fill],
    layout: Layout,
    values: Ints,
    *,
    until: float = math.inf,
) -> Exactness:
    """Return what is known once the supplies at fault are made exact.

    A count of large replicas, where that shows the fault; else every way to fill a node, where they
    are few enough to list; else the part of the solution that its nodes cannot hold is ruled out.
    It is what was known where nothing could be done.

    Parameters
    ----------
    broken
        Fills of the solution that are impossible or undecided.
    values
        ``(cols,)`` the solution, what packing has added included.
    until
        When to stop looking for smaller parts, on the clock of ``time.monotonic``.
    """
    patterns, cuts, crowds = list(known.patterns), list(known.cuts), list(known.crowds)
    exact = {found.supply for found in patterns}
    x = values[layout.x]
    for fill in broken:
        if fill.supply in exact:
            continue
        nodes = int(values[layout.n[fill.supply]])
        if (crowd := packer.crowd(fill, x, nodes)) is not None:
            crowds.append(crowd)
        elif (ways := packer.patterns(fill.supply)) is not None:
            patterns.append(ways)
        elif fill.verdict is Verdict.IMPOSSIBLE:
            cuts.append(packer.no_fit(fill, x, nodes, until))
    grown = Exactness(tuple(patterns), tuple(cuts), tuple(crowds), known.covers)
    same = (len(patterns), len(cuts), len(crowds)) == tuple(
        map(len, (known.patterns, known.cuts, known.crowds))
    )
    return known if same else grown


def decided(
    packer: Packer, known: Exactness, fills: Sequence[Fill], x: Ints, ways: Ints
) -> list[Fill]:
    """Return the fills, undecided ones as the solution's own ways to fill nodes decide them.

    Parameters
    ----------
    x
        ``(C,)`` replicas of each candidate.
    ways
        Columns of the programme beyond the layout's: nodes filled in each way, supply by supply.
    """
    chosen, start = {}, 0
    for patterns in known.patterns:
        chosen[patterns.supply] = patterns, ways[start : start + patterns.count.shape[0]]
        start += patterns.count.shape[0]
    return [
        packer.by_ways(chosen[fill.supply][0], x, chosen[fill.supply][1])
        if fill.verdict is Verdict.UNDECIDED and fill.supply in chosen
        else fill
        for fill in fills
    ]


def mended(
    packer: Packer, broken: Sequence[Fill], layout: Layout, values: Ints, held: Sequence[Rows]
) -> Ints | None:
    """Return a solution with the nodes that it lacks to be packed, or None where rows forbid them.

    Parameters
    ----------
    values
        ``(cols,)`` the solution; what packing has added is not looked at.
    held
        Rows beyond the programme's own that must hold.
    """
    bought = values[: layout.width].copy()
    for fill in broken:
        needed = packer.nodes_needed(fill, bought[layout.x])
        bought[layout.n[fill.supply]] = max(bought[layout.n[fill.supply]], needed)
    bought = tidy(packer.instance, layout, bought)
    programme = build(packer.instance)
    allowed = programme.milp(np.zeros(0), held).holds(bought[: programme.lower.size])
    return bought if allowed else None
