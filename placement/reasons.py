"""Why replicas were left out: what each place refuses, or which limits are used up."""

from collections.abc import Iterable

import numpy as np

from placement.formulation.milp import Ints
from placement.instance import Instance
from placement.outranked import Outranking
from placement.packer import Fill
from placement.tie_reasons import against

__all__ = ["reasons_for", "refusals"]

MOST_REASONS = 12  # lines; further places that say the same are counted


def refusals(instance: Instance, workload: int) -> list[str]:
    """Return one line for every distinct refusal, with the places that give it."""
    found = instance.candidates
    places: dict[str, list[str]] = {}
    codes = found.refused(workload)
    for position in np.flatnonzero(codes).tolist():
        supply = found.supplies[position]
        if supply.bulk:
            continue  # the single nodes of the same place say it better
        rule, reason = found.reason(int(codes[position]), workload, position)
        pool = f"/{supply.pool.name}" if supply.pool else ""
        where = f"{supply.cluster.name}{pool} ({supply.type_name or 'unknown type'})"
        names = places.setdefault(f"{rule}: {reason}", [])
        if where not in names:
            names.append(where)
    return [f"{_listed(names)}: {reason}" for reason, names in places.items()]


def reasons_for(
    instance: Instance,
    workload: int,
    x: Ints,
    n: Ints,
    *,
    outranking: Outranking,
    fills: tuple[Fill, ...],
) -> tuple[str, ...]:
    """Return why replicas of a workload were left out of a plan; empty where nothing tells.

    Parameters
    ----------
    x
        ``(C,)`` replicas of each candidate.
    n
        ``(S,)`` nodes kept or bought of each supply.
    outranking, fills
        Of the same plan.
    """
    mine = instance.supply[instance.workload == workload]
    lines = [*filter(None, [outranking.says(workload)]), *_used_up(instance, mine, n)]
    candidates = np.flatnonzero(instance.workload == workload)
    full = _full(instance, candidates, fills)
    if full:
        lines.append(f"capacity: no room is left on {_listed(full)}")
    asker = instance.problem.workloads[workload]
    parts = asker.nodes_per_replica
    totals = (total.says(candidates, x, parts) for total in (*instance.totals, *instance.budgets))
    lines += instance.confidence.says(mine, n)
    lines += filter(None, [instance.spot_shares.says(workload, x), *totals])
    lines += against(instance.ties, workload, asker, candidates, x)
    if not mine.size and not instance.candidates.supplies:
        lines.append("no cluster has a node or a node pool that can grow")
    lines.extend(refusals(instance, workload))
    if len(lines) > MOST_REASONS:
        lines = [*lines[: MOST_REASONS - 1], f"and {len(lines) - MOST_REASONS + 1} more reasons"]
    return tuple(lines)


def _used_up(instance: Instance, mine: Ints, n: Ints) -> list[str]:
    """Return what stands against more nodes of possible places."""
    lines: list[str] = []
    eligible = set(mine.tolist())
    for cap in instance.caps:
        if cap.family == "pool_minimum" or not eligible.intersection(cap.supply.tolist()):
            continue
        used = int((cap.weight * n[cap.supply]).sum())
        smallest = int(cap.weight[np.isin(cap.supply, mine)].min())
        if used + smallest > cap.bound:
            amounts = f"{cap.says(used)} of {cap.says(cap.bound)}"
            lines.append(f"{cap.family}: {cap.label} is used up ({amounts})")
    return lines


def _full(instance: Instance, candidates: Ints, fills: tuple[Fill, ...]) -> list[str]:
    """Return the running nodes that a workload may use and on which one replica has no room."""
    found, supplies = instance.candidates, instance.candidates.supplies
    contents = {fill.supply: fill for fill in fills}
    full: list[str] = []
    for candidate in candidates[np.argsort(instance.supply[candidates])].tolist():
        supply = int(instance.supply[candidate])
        if not supplies[supply].running:
            continue
        fill = contents.get(supply)
        if fill is None or len(fill.nodes) < instance.running[supply]:
            continue  # a node is empty
        counts = np.array(fill.nodes, dtype=np.int64)
        left = found.room[supply] - counts @ found.takes[fill.candidate]
        if not (found.takes[candidate] <= left).all(axis=1).any():
            full.append(supplies[supply].describe())
    return full


def _listed(names: Iterable[str]) -> str:
    shown = list(names)
    more = f" and {len(shown) - 4} more" if len(shown) > 4 else ""
    return ", ".join(shown[:4]) + more
