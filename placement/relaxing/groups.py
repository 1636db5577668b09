"""Rules on how a workload's replicas stand to one another and to other workloads."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from placement.problem import Problem, Spread, Survive, Workload
from placement.relaxing.rule import Figure, Relaxable, with_workload
from placement.supply import Supply

__all__ = ["group_rules"]

BEFORE = -(10**9)
"""Order of edits of rows in place: before any row is taken away, which moves those after it."""

_HOST = ("kubernetes.io/hostname",)
"""Labels that every node has, though nobody states them."""

_BOUNDS = {"min_groups": 1, "max_groups": None, "max_skew": None, "max_fraction": 1.0}
"""Bounds of a spread, and the value of each that asks for nothing."""


def group_rules(at: int, workload: Workload, fleet: Sequence[Supply]) -> Iterator[Relaxable]:
    """Yield spread by bound, survival by row, the least number, spot share and partners.

    A spread as a whole is a rule where some node lacks its key, for such nodes are not used.
    """
    for number, spread in enumerate(workload.spread):
        yield from _bounds(at, workload, number, spread)
        if any(_lacks(supply, spread.by) for supply in fleet):
            yield Relaxable(
                kind="spread",
                label=f"{workload.key}: spread by {spread.by}",
                stated="keeps to nodes that have it",
                workload=workload.key,
                number=number,
                order=-number,
                edit=partial(_row_field, row=(at, "spread", number)),
            )
    for number, survive in enumerate(workload.survive):
        yield _survive(at, workload, number, survive)
    if workload.min_replicas > 1:
        yield _plain(at, workload, "min_replicas", 0)
    if workload.max_spot_fraction < 1:
        yield _plain(at, workload, "max_spot_fraction", 1.0)
    for field in ("colocate_with", "separate_from"):
        for partner in getattr(workload, field):
            yield Relaxable(
                kind=field,
                label=f"{workload.key}: {field}",
                stated=partner,
                workload=workload.key,
                number=getattr(workload, field).index(partner),
                edit=partial(_without_partner, at, field, partner),
            )


def _plain(at: int, workload: Workload, field: str, without: Figure) -> Relaxable:
    """Return a figure that a workload has as a field of its own."""
    figure = getattr(workload, field)
    return Relaxable(
        kind=field,
        label=f"{workload.key}: {field}",
        stated=_written(figure),
        figure=figure,
        workload=workload.key,
        edit=partial(_field, at, field, without),
        says=_written,
    )


def _bounds(at: int, workload: Workload, number: int, spread: Spread) -> Iterator[Relaxable]:
    label = f"{workload.key}: spread by {spread.by}:"
    for field, without in _BOUNDS.items():
        figure = getattr(spread, field)
        if figure != without:
            yield Relaxable(
                kind=field,
                label=f"{label} {field}",
                stated=_written(figure),
                figure=figure,
                workload=workload.key,
                number=number,
                order=BEFORE,
                edit=partial(_row_field, row=(at, "spread", number), field=field, without=without),
                says=_written,
            )


def _lacks(supply: Supply, key: str) -> bool:
    """Return whether nodes may lack a key; a zone that is not decided counts as lacking."""
    match key:
        case "cluster" | "region" | "node" | "capacity_type":
            return False
        case "zone":
            return supply.zone is None
        case "provider":
            return supply.provider is None
        case "node_pool":
            return supply.pool is None
        case "instance_type":
            return supply.type_name is None
    return key not in {*supply.cluster.labels, *supply.labels, *_HOST}


def _survive(at: int, workload: Workload, number: int, survive: Survive) -> Relaxable:
    """Return a survival; it has a figure where it keeps a share or a number, not both."""
    groups = f"{survive.groups} x " if survive.groups > 1 else ""
    label = f"{workload.key}: survive loss of {groups}{survive.loss_of}:"
    share, count = survive.keep, survive.keep_replicas
    field = "keep_replicas" if count else "keep"
    both = bool(share and count)
    figure = getattr(survive, field)
    return Relaxable(
        kind="survive",
        label=f"{label} keep" if both else f"{label} {field}",
        stated=f"{_written(share)} and {count} replicas" if both else _written(figure),
        figure=None if both else figure,
        workload=workload.key,
        number=number,
        order=-number,
        edit=partial(_row_field, row=(at, "survive", number), field=field),
        says=_written,
    )


def _written(figure: Figure) -> str:
    return f"{figure:.10g}"


def _field(
    at: int, field: str, without: Figure, problem: Problem, figure: Figure | None
) -> Problem:
    return with_workload(problem, at, **{field: without if figure is None else figure})


def _row_field(
    problem: Problem,
    figure: Figure | None,
    *,
    row: tuple[int, str, int],
    field: str = "",
    without: Figure | None = None,
) -> Problem:
    """Return the problem with another field in a row of a workload, or without the row.

    Parameters
    ----------
    row
        Position of the workload, name of its list, position in it.
    """
    at, section, number = row
    rows: list[Any] = list(getattr(problem.workloads[at], section))
    if figure is not None:
        rows[number] = rows[number].model_copy(update={field: figure})
    elif section == "spread" and field:
        rows[number] = rows[number].model_copy(update={field: without})
    else:
        del rows[number]
    return with_workload(problem, at, **{section: tuple(rows)})


def _without_partner(
    at: int, field: str, partner: str, problem: Problem, figure: Figure | None
) -> Problem:
    partners = getattr(problem.workloads[at], field)
    return with_workload(problem, at, **{field: tuple(p for p in partners if p != partner)})
