"""The openb trace three times: most pods placed, most GPUs allocated, and the least cost.

:class:`placement.Problem` has no shares of a GPU, so nodes are filled by a model of its own
(``openb_*.py``) whose programmes the library's HiGHS solves. Every placement, the rules' too, is
checked pod by pod and GPU by GPU (:mod:`openb_check`).
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from openb_check import faults
from openb_layout import work_of
from openb_planned import planned
from openb_prices import price
from openb_rules import best_fit, decreasing, first_fit
from openb_trace import GPU, Placed, Trace, read, sampled, taken
from openb_work import Work
from took import Took, timed

__all__ = ["cover", "cover_cost", "most_pods", "saturation", "tables"]

LOAD, SEED = 1.3, 42  # of all GPUs, and of the draw: FGD's own, but for its random numbers
PODS = 6_000  # of the trace, from its beginning, that are covered at the least cost
FGD = "FGD, published: online, mean of 10 draws of its own, not comparable as a win"
FGD_SHARE = "95.39%"
LAST = 1e-8  # for each thousandth of a GPU: decides between as many pods
WORTH = 20.0  # USD for a pod covered: more than any node costs


@dataclass(frozen=True, slots=True)
class Row:
    """What a method did, and how long it took."""

    name: str
    trace: Trace
    placed: list[Placed]
    took: Took

    @property
    def faults(self) -> int:
        """Return how many rules of :mod:`openb_check` it breaks."""
        return sum(1 for _ in faults(self.trace, self.placed))

    @property
    def share(self) -> float:
        """Return the part of all GPUs that is allocated."""
        return taken(self.trace, self.placed) / self.trace.gpu_milli


@dataclass(frozen=True, slots=True)
class Result:
    """What every method did, the last by patterns, and the bound in words."""

    rows: tuple[Row, ...]
    bound: float


def most_pods(trace: Trace) -> Result:
    """Place as many pods as can be, offline; of as many those with most GPUs."""
    rules = _rules(trace)
    work = work_of(trace, lambda shape: 1 + LAST * shape.gpu_milli, lambda _: 0.0)
    best, bound = _patterns(trace, work, rules[:1], 0.4)
    return Result((*rules, best), float(math.floor(bound)))


def saturation(trace: Trace) -> Result:
    """Allocate as many GPUs as can be, offline; of as many those of most pods."""
    rules = _rules(trace)
    work = work_of(trace, lambda shape: shape.gpu_milli / GPU + 1e-6, lambda _: 0.0)
    best, bound = _patterns(trace, work, [rules[0], rules[-1]], 2.0)
    return Result((*rules, best), bound * GPU / trace.gpu_milli)


def cover(trace: Trace) -> Result:
    """Place all pods, on the cheapest nodes that will do."""
    nodes = sorted(
        range(len(trace.nodes)), key=lambda node: price(trace.nodes[node]) / trace.nodes[node].gpus
    )
    pods = range(len(trace.pods))
    rules = (
        _rule("first fit", trace, lambda: first_fit(trace, pods, range(len(nodes)))),
        _rule("first fit, cheapest GPUs first", trace, lambda: first_fit(trace, pods, nodes)),
        _rule(
            "first fit decreasing, cheapest GPUs first",
            trace,
            lambda: first_fit(trace, decreasing(trace), nodes),
        ),
    )
    work = work_of(trace, lambda _: WORTH, price)
    best, bound = _patterns(trace, work, rules, 1.0)
    return Result((*rules, best), WORTH * len(trace.pods) - bound)


def cover_cost(row: Row) -> float:
    """Return the assumed USD per hour of all nodes in use."""
    return sum(price(row.trace.nodes[node]) for node in {placed.node for placed in row.placed})


def tables(wrong: list[str]) -> Iterator[str]:
    """Yield the three tables with their headings; what breaks a rule goes to ``wrong`` too."""
    trace = read()
    yield from ("### Most pods placed", "")
    yield from _allocated(most_pods(trace), "{:,.0f} pods", wrong)
    drawn = sampled(trace, LOAD, SEED)
    yield from ("", f"### Saturation: {len(drawn.pods):,} pods drawn, seed {SEED}", "")
    yield from _allocated(saturation(drawn), "{:.2%} of the GPUs", wrong, FGD)
    yield from ("", f"### The first {PODS:,} pods at the least cost", "")
    yield from _costs(cover(Trace(trace.pods[:PODS], trace.nodes)), wrong)


def _allocated(result: Result, bound: str, wrong: list[str], published: str = "") -> Iterator[str]:
    yield "| method | pods | GPUs allocated | seconds | CPU | faults |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: |"
    for row in result.rows:
        yield _line(row, [f"{len(row.placed):,}", f"{row.share:.2%}"], wrong)
    yield f"| no placement can have more than | {bound.format(result.bound)} | | | | |"
    if published:
        yield f"| {published} | | {FGD_SHARE} | | | |"


def _costs(result: Result, wrong: list[str]) -> Iterator[str]:
    yield "| method | pods | nodes | $/h, assumed | above the bound | seconds | CPU | faults |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
    for row in result.rows:
        cost, nodes = cover_cost(row), len({placed.node for placed in row.placed})
        above = f"{cost / result.bound - 1:.2%}"
        yield _line(row, [f"{len(row.placed):,}", f"{nodes:,}", f"{cost:,.2f}", above], wrong)
    yield f"| no placement of all can cost less than | | | {result.bound:,.2f} | | | | |"


def _line(row: Row, cells: Sequence[str], wrong: list[str]) -> str:
    if row.faults:
        wrong.append(f"openb, {row.name}: {row.faults} faults")
    return f"| {' | '.join([row.name, *cells, *row.took.cells, str(row.faults)])} |"


def _rules(trace: Trace) -> tuple[Row, ...]:
    pods, nodes = range(len(trace.pods)), range(len(trace.nodes))
    return (
        _rule("first fit", trace, lambda: first_fit(trace, pods, nodes)),
        _rule("best fit", trace, lambda: best_fit(trace, pods)),
        _rule("best fit decreasing", trace, lambda: best_fit(trace, decreasing(trace))),
    )


def _rule(name: str, trace: Trace, place: Callable[[], list[Placed]]) -> Row:
    placed, took = timed(place)
    return Row(name, trace, placed, took)


def _patterns(
    trace: Trace, work: Work, starts: Sequence[Row], tolerance: float
) -> tuple[Row, float]:
    """Return what patterns do from what rules did, and the bound."""
    rules = [row.placed for row in starts]
    (placed, bound), took = timed(partial(planned, trace, work, rules, tolerance))
    return Row("patterns", trace, placed, took), bound
