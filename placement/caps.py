"""Limits over nodes of several supplies, as index arrays: stock, quotas, pools, clusters."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from placement.confidence import stock_bound
from placement.formulation.milp import Ints
from placement.problem import Offering, Problem, Quota
from placement.quantity import format_quantity
from placement.supply import Supply

__all__ = ["Cap", "buyers", "covers", "find_caps"]

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cap:
    """One limit on a weighted number of nodes.

    Parameters
    ----------
    family
        ``stock``, ``quota``, ``pool_minimum``, ``pool_maximum`` or ``cluster_limit``.
    label
        The limit in words, with what its figure is read as.
    rule
        The limit in the words of the input.
    supply, weight
        ``(n,)`` the supplies it counts, and what one node of each weighs.
    bound
        The most (``pool_minimum``: the least), in units of the weights.
    resource
        ``nodes``, ``vcpus`` or the resource that the weights count.
    over
        By how much what runs now exceeds the bound; it may stay, but nothing is added.
    """

    family: str
    label: str
    supply: Ints
    weight: Ints
    bound: int
    resource: str = "nodes"
    over: int = 0
    rule: str

    def says(self, amount: int) -> str:
        """Return an amount as a document writes it."""
        plain = self.resource in {"nodes", "vcpus"}
        return str(amount) if plain else format_quantity(amount, self.resource)


def find_caps(problem: Problem, supplies: Sequence[Supply]) -> tuple[Cap, ...]:
    """Return every limit that the problem states and some supply can touch."""
    found = [
        *_stocks(problem, supplies),
        *_quotas(problem, supplies),
        *_pools(problem, supplies),
        *_clusters(problem, supplies),
    ]
    return tuple(cap for cap in found if cap.supply.size or cap.family == "pool_minimum")


def _cap(
    family: str,
    label: str,
    supplies: Sequence[Supply],
    weighed: Iterable[tuple[int, int]],
    bound: int,
    *,
    resource: str = "nodes",
    rule: str = "",
) -> Cap:
    pairs = [(position, weight) for position, weight in weighed if weight > 0]
    over = 0
    if family not in {"stock", "pool_minimum"}:
        over = sum(weight * len(supplies[position].nodes) for position, weight in pairs) - bound
    supply, weight = np.array(pairs, dtype=np.int64).reshape(-1, 2).T.copy()
    return Cap(
        family=family,
        label=label,
        rule=rule or label,
        supply=supply,
        weight=weight,
        bound=bound,
        resource=resource,
        over=max(0, over),
    )


def _index(supplies: Sequence[Supply], key: Callable[[Supply], K]) -> dict[K, list[int]]:
    found: dict[K, list[int]] = {}
    for position, supply in enumerate(supplies):
        found.setdefault(key(supply), []).append(position)
    return found


def _stocks(problem: Problem, supplies: Sequence[Supply]) -> Iterator[Cap]:
    for row, members in buyers(problem, supplies):
        bound, label = stock_bound(problem, row) or 0, _stock_label(problem, row)
        rule = f"stock of {row.describe()}"
        yield _cap("stock", label, supplies, ((m, 1) for m in members), bound, rule=rule)


def buyers(problem: Problem, supplies: Sequence[Supply]) -> Iterator[tuple[Offering, list[int]]]:
    """Yield every offering that states a stock, and the supplies that are bought from it."""
    by_offer = _index(supplies, _offer)
    for row in problem.offerings:
        if row.stock is None:
            continue
        of_type = by_offer.get((row.region, row.instance_type, row.capacity_type), ())
        yield (
            row,
            [
                position
                for position in of_type
                if not supplies[position].nodes and row.zone in {None, supplies[position].zone}
            ],
        )


def _offer(supply: Supply) -> tuple[str, str | None, str]:
    return (supply.cluster.region, supply.type_name, supply.capacity_type)


def _stock_label(problem: Problem, row: Offering) -> str:
    label = f"stock of {row.describe()}"
    if problem.objective.confidence is not None and stock_bound(problem, row) != row.stock:
        return f"{label}, at a confidence of {problem.objective.confidence:g},"
    return f"{label}, by its median," if row.certain_stock != row.stock else label


def _quotas(problem: Problem, supplies: Sequence[Supply]) -> Iterator[Cap]:
    by_offer = _index(supplies, _offer) if problem.quotas else {}
    for quota in problem.quotas:
        covered = (at for offer, those in by_offer.items() if covers(quota, *offer) for at in those)
        members = (
            (position, _weight(supplies[position], quota.resource))
            for position in sorted(covered)
            if supplies[position].pool is not None
        )
        label = f"quota {quota.name}"
        yield _cap("quota", label, supplies, members, quota.limit, resource=quota.resource)


def covers(quota: Quota, region: str, type_name: str | None, capacity_type: str) -> bool:
    """Return whether a pool's nodes count against a quota; what is left empty covers all."""
    return (
        quota.region in {None, region}
        and (not quota.instance_types or type_name in quota.instance_types)
        and (not quota.capacity_types or capacity_type in quota.capacity_types)
    )


def _weight(supply: Supply, resource: str) -> int:
    return 1 if resource == "nodes" else supply.size.get(resource, 0)


def _pools(problem: Problem, supplies: Sequence[Supply]) -> Iterator[Cap]:
    by_pool = _index(supplies, lambda s: (s.cluster.name, s.pool.name) if s.pool else None)
    for cluster in problem.clusters:
        for pool in cluster.node_pools:
            ones = [(position, 1) for position in by_pool.get((cluster.name, pool.name), ())]
            name = f"{cluster.name}/{pool.name}"
            if pool.min_nodes:
                yield _cap("pool_minimum", f"min_nodes of {name}", supplies, ones, pool.min_nodes)
            if pool.max_nodes is not None:
                yield _cap("pool_maximum", f"max_nodes of {name}", supplies, ones, pool.max_nodes)


def _clusters(problem: Problem, supplies: Sequence[Supply]) -> Iterator[Cap]:
    by_cluster = _index(supplies, lambda s: s.cluster.name)
    for cluster in problem.clusters:
        for resource, bound in cluster.limits.items():
            members = by_cluster.get(cluster.name, ())
            weighed = [(m, _weight(supplies[m], resource)) for m in members]
            label = f"limit of {resource} in cluster {cluster.name}"
            yield _cap("cluster_limit", label, supplies, weighed, bound, resource=resource)
