"""Figures of the fleet and of teams: stock, quotas, pools, cluster limits, budgets, limits, moves.

Labels are those of :mod:`placement.caps`, by which a plan's use of a figure is found.
"""

from collections.abc import Callable, Iterator
from functools import partial

from placement.problem import Cluster, Problem
from placement.quantity import format_quantity
from placement.relaxing.rule import Figure, Relaxable, with_part

__all__ = ["fleet_figures", "fleet_minima", "most_moves"]


def fleet_figures(problem: Problem) -> Iterator[Relaxable]:
    """Yield every upper limit that is stated: stock, quotas, maxima, limits and budgets."""
    yield from _stocks(problem)
    yield from _quotas(problem)
    for at, cluster in enumerate(problem.clusters):
        yield from _pool_maxima(at, cluster)
        yield from _cluster_limits(at, cluster)
    for at, limit in enumerate(problem.limits):
        yield Relaxable(
            kind="limit",
            label=f"limit {limit.name}:",
            stated=format_quantity(limit.max, limit.resource),
            unit=f" {limit.resource}",
            counts=limit.resource,
            figure=limit.max,
            order=-at,
            edit=partial(_figure, "limits", at, "max"),
            says=_quantity(limit.resource),
        )
    for at, budget in enumerate(problem.budgets):
        yield Relaxable(
            kind="budget",
            label=f"budget {budget.name}:",
            stated=f"{budget.max_cost_per_hour:.10g}",
            unit=" per hour",
            figure=budget.max_cost_per_hour,
            order=-at,
            edit=partial(_figure, "budgets", at, "max_cost_per_hour"),
            says=lambda figure: f"{figure:.10g}",
        )


def fleet_minima(problem: Problem) -> Iterator[Relaxable]:
    """Yield the minima of node pools: they may take what others need, or have no plan at all."""
    for at, cluster in enumerate(problem.clusters):
        for number, pool in enumerate(cluster.node_pools):
            if pool.min_nodes:
                yield Relaxable(
                    kind="pool_minimum",
                    label=f"min_nodes of {cluster.name}/{pool.name}:",
                    stated=str(pool.min_nodes),
                    figure=pool.min_nodes,
                    edit=partial(_pool_figure, at=at, number=number, field="min_nodes", without=0),
                )


def most_moves(problem: Problem) -> Iterator[Relaxable]:
    """Yield the limit on moves, where it is stated and something runs."""
    most = problem.objective.max_moves
    if most is not None and any(workload.current for workload in problem.workloads):
        yield Relaxable(
            kind="max_moves",
            label="objective.max_moves:",
            stated=str(most),
            figure=most,
            edit=lambda p, figure: p.model_copy(
                update={"objective": p.objective.model_copy(update={"max_moves": figure})}
            ),
        )


def _stocks(problem: Problem) -> Iterator[Relaxable]:
    for at, row in enumerate(problem.offerings):
        if isinstance(row.stock, int):
            yield Relaxable(
                kind="stock",
                label=f"stock of {row.describe()}:",
                stated=str(row.stock),
                figure=row.stock,
                edit=partial(_figure_or_none, "offerings", at, "stock"),
            )


def _quotas(problem: Problem) -> Iterator[Relaxable]:
    for at, quota in enumerate(problem.quotas):
        says = _quantity(quota.resource)
        yield Relaxable(
            kind="quota",
            label=f"quota {quota.name}:",
            stated=says(quota.limit),
            unit=f" {quota.resource}",
            counts=quota.resource,
            figure=quota.limit,
            order=-at,
            edit=partial(_figure, "quotas", at, "limit"),
            says=says,
        )


def _pool_maxima(at: int, cluster: Cluster) -> Iterator[Relaxable]:
    for number, pool in enumerate(cluster.node_pools):
        if pool.max_nodes is not None:
            yield Relaxable(
                kind="pool_maximum",
                label=f"max_nodes of {cluster.name}/{pool.name}:",
                stated=str(pool.max_nodes),
                figure=pool.max_nodes,
                least=pool.min_nodes,
                edit=partial(_pool_figure, at=at, number=number, field="max_nodes"),
            )


def _cluster_limits(at: int, cluster: Cluster) -> Iterator[Relaxable]:
    for resource, limit in cluster.limits.items():
        says = _quantity(resource)
        yield Relaxable(
            kind="cluster_limit",
            label=f"limit of {resource} in cluster {cluster.name}:",
            stated=says(limit),
            counts=resource,
            figure=limit,
            edit=partial(_cluster_limit, at, resource),
            says=says,
        )


def _quantity(resource: str) -> Callable[[Figure], str]:
    if resource in {"nodes", "vcpus"}:
        return str
    return lambda figure: format_quantity(int(figure), resource)


def _figure(section: str, at: int, field: str, problem: Problem, figure: Figure | None) -> Problem:
    if figure is not None:
        return with_part(problem, section, at, **{field: figure})
    rows = getattr(problem, section)
    return problem.model_copy(update={section: (*rows[:at], *rows[at + 1 :])})


def _figure_or_none(
    section: str, at: int, field: str, problem: Problem, figure: Figure | None
) -> Problem:
    return with_part(problem, section, at, **{field: figure})


def _pool_figure(
    problem: Problem,
    figure: Figure | None,
    *,
    at: int,
    number: int,
    field: str,
    without: int | None = None,
) -> Problem:
    pools = list(problem.clusters[at].node_pools)
    fields = {field: without if figure is None else int(figure)}
    pools[number] = pools[number].model_copy(update=fields)
    return with_part(problem, "clusters", at, node_pools=tuple(pools))


def _cluster_limit(at: int, resource: str, problem: Problem, figure: Figure | None) -> Problem:
    limits = {name: most for name, most in problem.clusters[at].limits.items() if name != resource}
    if figure is not None:
        limits = dict(sorted({**limits, resource: int(figure)}.items()))
    return with_part(problem, "clusters", at, limits=limits)
