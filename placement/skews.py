"""By how much one group may have more replicas than another, as index arrays."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from placement.candidates import Candidates
from placement.formulation.milp import Ints
from placement.groups import by_node
from placement.problem import Spread, Workload
from placement.quantity import PODS
from placement.supply import Supply

__all__ = ["Skew", "skew_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Skew:
    """The groups between which a workload's replicas must be even.

    Parameters
    ----------
    groups
        Candidates of each group that can have replicas.
    supply
        The supply of each group by single nodes, else -1: it counts once its node is there.
    empty
        Whether some group could have replicas and has no room for any.
    bulk
        Supplies of further new nodes, each of which counts as a group without replicas.
    bulk_used
        Presences of those.
    most
        The most of x that the workload has in one group.
    """

    workload: int
    by: str
    skew: int
    groups: tuple[Ints, ...]
    supply: Ints
    empty: bool
    bulk: tuple[int, ...] = ()
    bulk_used: tuple[int, ...] = ()
    most: int = 0

    def with_bulk(self, presences: list[int], most: int) -> "Skew":
        """Return the skew with the presences of its further nodes."""
        return replace(self, bulk_used=tuple(presences), most=most)


def skew_of(
    found: Candidates, number: int, rule: Spread, groups: Mapping[int, Ints], group_of: Ints
) -> Skew:
    """Return the groups of a spread rule that count for its skew.

    Parameters
    ----------
    groups
        Candidates of the workload by group.
    group_of
        ``(S,)`` group of each supply.
    """
    assert rule.max_skew is not None
    workload = found.problem.workloads[number]
    by_nodes = by_node(rule.by)
    counted = [s for s in _possible(found, number, workload) if group_of[s] >= 0]
    rows: dict[int, Ints] = dict(groups)
    nobody = np.empty(0, dtype=np.int64)
    bulk = [s for s in counted if found.supplies[s].bulk] if by_nodes else []
    empty = False
    for supply in counted:
        group = int(group_of[supply])
        if group not in rows and not found.supplies[supply].bulk:
            rows[group] = nobody
            empty = empty or not by_nodes
    first = {int(group): s for s, group in reversed(list(enumerate(group_of.tolist())))}
    return Skew(
        workload=number,
        by=rule.by,
        skew=rule.max_skew,
        groups=tuple(rows.values()),
        supply=np.array([first[g] if by_nodes else -1 for g in rows], dtype=np.int64),
        empty=empty,
        bulk=tuple(bulk),
    )


def _possible(found: Candidates, number: int, workload: Workload) -> list[int]:
    """Return the supplies on which a workload could run, whatever is free or in stock."""
    last = len(found.rules) + 1  # the code of a pair that is refused for lack of room alone
    codes, possible = found.refused(number).tolist(), []
    for position, supply in enumerate(found.supplies):
        twin = position - 1 if supply.bulk and position else position  # a single node of the place
        code = codes[twin]
        if code == 0 or (code == last and _fits_empty(found, workload, supply)):
            possible.append(position)
    return possible


def _fits_empty(found: Candidates, workload: Workload, supply: Supply) -> bool:
    """Return whether a replica fits an empty node of this kind."""
    gpus = found.sizing.gpus(workload, supply.kind)
    asked = found.sizing.requests(workload, supply.kind, gpus)
    size = supply.size
    return all(
        amount <= size.get(resource, amount if resource == PODS else 0)
        for resource, amount in asked.items()
    )
