"""The kinds of generated fleets: what each has that the others do not."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from fleet_draft import Draft, Json
from fleet_draw import draw_clusters
from fragments import fragment
from giant import giant_clusters, to_giant
from islands import to_islands
from market import Market
from scarcity import to_scarce
from starved import starve

__all__ = ["KINDS", "Kind"]

SHAPES = 36
"""Shapes of an ``identical`` fleet, at least five workloads to each."""

SCARCE = 3.0
"""How much tighter the quotas of a ``scarce`` fleet are; its stock is counted."""

PLENTY = 0.5
"""The same of ``islands``: a workload has one region's stock alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """How a fleet differs from one that is bound by its GPUs.

    Parameters
    ----------
    what
        Its property in a few words.
    clusters
        What draws the clusters.
    change
        What changes the rest, once it is drawn.
    tightness
        Divides stock and quotas.
    rules
        Whether every rule comes on top, with what a greedy plan placed running.
    """

    what: str
    clusters: Callable[[Random, Market, int], list[Json]] = draw_clusters
    change: Callable[[Draft], None] = lambda _: None
    tightness: float = 1.0
    rules: bool = False


def to_identical(draft: Draft) -> None:
    """Give all workloads one of a few dozen shapes, everything but the name.

    Shapes are taken all along the list, so that they are of many teams.
    """
    count = len(draft.workloads)
    most = min(SHAPES, max(1, count // 5))
    shapes = [draft.workloads[number * count // most] for number in range(most)]
    draft.workloads[:] = [
        {**_shape(draft.random, shapes, number), "name": f"w{number:03}-like"}
        for number in range(count)
    ]


def _shape(random: Random, shapes: Sequence[Json], number: int) -> Json:
    """Return each shape once, then one of them at random."""
    return shapes[number] if number < len(shapes) else random.choice(shapes)


KINDS: Mapping[str, Kind] = {
    "gpu": Kind(what="GPUs bind"),
    "mixed": Kind(what="CPU or memory binds, and does not divide a node", change=starve),
    "identical": Kind(what="a few dozen shapes for all workloads", change=to_identical),
    "scarce": Kind(
        what="stock and quotas leave some replicas out", change=to_scarce, tightness=SCARCE
    ),
    "giant": Kind(
        what="one region has 80 % of clusters and stock", clusters=giant_clusters, change=to_giant
    ),
    "islands": Kind(
        what="regions share nothing, no workload has two", change=to_islands, tightness=PLENTY
    ),
    "fragmented": Kind(what="many running nodes, partly free, in many states", change=fragment),
    "rules": Kind(what="every rule", rules=True),
}
"""Every kind by name."""
