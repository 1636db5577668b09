"""The places that a workload may use and does not, or not further, each with what is against it."""

from collections.abc import Iterator

import numpy as np

from placement.explain_case import Case
from placement.explanation import Alternative, Chosen, Place
from placement.formulation.milp import Ints
from placement.tie_reasons import against

__all__ = ["alternatives"]


def alternatives(case: Case, chosen: tuple[Chosen, ...]) -> Iterator[Alternative]:
    """Yield the possible places that carry none of the workload, or could carry no more."""
    used = {row.place: row.place.per_replica or 0.0 for row in chosen}
    parts = case.workload.nodes_per_replica
    short = sum(row.replicas for row in chosen) < case.workload.most_replicas * parts
    places = {position: case.place(position) for position in case.mine}
    others = case.x.copy()
    if not short and used:
        dearest = max((p for p in case.mine if places[p] in used), key=lambda p: used[places[p]])
        others[case.column[case.number, dearest]] -= parts  # it would move
    for position, place in places.items():
        if not short and place in used and used[place] >= max(used.values()):
            continue
        held = _held(case, position, others)
        rule, reason = held if held[0] else _blocked(case, position)
        if place in used and not rule:
            continue
        if not rule:
            rule, reason = _why_not_cheaper(place, chosen)
        yield Alternative(place=place, rule=rule, reason=reason)


def _blocked(case: Case, position: int) -> tuple[str, str]:
    """Return which limit, or the lack of room, keeps further replicas out; else nothing."""
    if case.supplies[position].running:
        return ("", "") if _has_room(case, position) else ("capacity", "no room is left on it")
    for cap in case.caps:
        if cap.family == "pool_minimum" or position not in cap.supply:
            continue
        used = case.used(cap)
        weight = int(cap.weight[cap.supply == position][0])
        if used + weight > cap.bound:
            return (
                cap.family,
                f"{cap.label} is used up ({cap.says(used)} of {cap.says(cap.bound)})",
            )
    return "", ""


def _held(case: Case, position: int, others: Ints) -> tuple[str, str]:
    """Return which limit, budget or share keeps one replica more out; else nothing.

    Parameters
    ----------
    others
        ``(C,)`` replicas of each candidate that stay where they are.
    """
    column = np.array([case.column[case.number, position]])
    parts = case.workload.nodes_per_replica
    said = [total.says(column, others, parts) for total in case.totals]
    if case.supplies[position].capacity_type == "spot":
        share = case.shares.says(case.number, others)
        said.append(share and (case.shares.says(case.number, case.x) or share))
    said += against(case.ties, case.number, case.workload, column, others)
    rule, _, reason = next(filter(None, said), "").partition(": ")
    return rule, reason


def _has_room(case: Case, position: int) -> bool:
    """Return whether some running node of a supply still has room for a replica."""
    needs = case.found.takes
    mine = needs[case.column[case.number, position]]
    for node in case.nodes.get(position, ()):
        left = case.found.room[position].copy()
        for column, count in case.carried(position, node):
            left -= count * needs[column]
        if (mine <= left).all():
            return True
    return False


def _why_not_cheaper(place: Place, chosen: tuple[Chosen, ...]) -> tuple[str, str]:
    """Return why a place that is open is not used, judged by its price on full nodes."""
    cost = place.per_replica
    dearest = max(chosen, key=lambda row: row.place.per_replica or 0.0, default=None)
    if dearest is None or cost is None:
        return "whole", "possible by itself; other workloads took what it would need"
    paid = dearest.place.per_replica or 0.0
    if cost > paid:
        return "cost", f"{cost:.4g} per replica, where the dearest place chosen costs {paid:.4g}"
    if cost == paid:
        return "whole", "costs the same; fewer moves, nodes and clusters, then names decided"
    nodes = -(-dearest.replicas // place.per_node)
    whole = nodes * place.price + dearest.replicas * place.extra
    if whole >= paid * dearest.replicas:
        return "whole", (
            f"{cost:.4g} per replica only on full nodes: {nodes} of {place.per_node} replicas "
            f"each would cost {whole:.4g} for the {dearest.replicas} in {dearest.place}"
        )
    return "whole", "cheaper by itself; the plan as a whole is not, or the search ended before"
