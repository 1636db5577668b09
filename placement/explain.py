"""Why a workload is where a plan puts it, and why not elsewhere."""

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from placement.caps import Cap
from placement.changes import find_changes
from placement.errors import InputError, Issue, show
from placement.explain_alternatives import alternatives
from placement.explain_case import Case, on
from placement.explain_refusals import refusals, without_offer
from placement.explanation import Chosen, Explanation, Limit
from placement.plan import Plan
from placement.problem import Problem
from placement.problem.demands import positions_of

__all__ = ["explain", "workload_number"]


def explain(problem: Problem, plan: Plan, workload: str) -> Explanation:
    """Return why a workload is where a plan puts it.

    Parameters
    ----------
    plan
        A valid plan for ``problem``, by whatever rule.
    workload
        ``namespace/name``, or the name alone where only one workload has it.

    Raises
    ------
    InputError
        When there is no such workload, or several have the name.
    """
    case = Case(problem, plan, workload_number(problem, workload))
    chosen = tuple(_chosen(case))
    others = tuple(alternatives(case, chosen))
    refused = (*refusals(case), *without_offer(case))
    asker = problem.workloads[case.number]
    left = [row for row in plan.unplaced if row.workload == asker.key]
    found = Explanation(
        workload=asker.key,
        currency=problem.currency,
        replicas=asker.most_replicas,
        placed=sum(row.replicas for row in plan.assignments if row.workload == asker.key),
        nodes_per_replica=asker.nodes_per_replica,
        load=asker.load,
        not_carried=sum(row.load or 0.0 for row in left),
        chosen=chosen,
        refusals=refused,
        alternatives=others,
        limits=tuple(_limits(case)),
        left_out=tuple(reason for row in left for reason in row.reasons),
        changes=tuple(row.repair for row in left if row.repair),
    )
    return find_changes(found)


def workload_number(problem: Problem, name: str) -> int:
    """Return the position of the workload that a name means.

    Raises
    ------
    InputError
        When there is no such workload, or several have the name.
    """
    first, *more = positions_of(problem, name)
    if more:
        keys = " or ".join(problem.workloads[at].key for at in (first, *more))
        rule = f"is the name of several workloads; give {keys}"
        raise InputError([Issue(path="workload", rule=rule, value=show(name))])
    return first


def _chosen(case: Case) -> Iterator[Chosen]:
    """Yield the places with replicas of the workload."""
    key = case.workload.key
    for position in case.mine:
        nodes = [n for n in case.nodes.get(position, ()) if key in on(n)]
        if not nodes:
            continue
        supply = case.supplies[position]
        yield Chosen(
            place=case.place(position),
            replicas=sum(on(node)[key] for node in nodes),
            gpus_per_replica=int(case.found.gpus[case.column[case.number, position]]),
            nodes=tuple(node.name for node in nodes),
            shares_with=tuple(sorted({other for n in nodes for other in on(n)} - {key})),
            memory=case.found.sizing.fit(case.workload, supply.kind) if supply.kind else None,
        )


def _limits(case: Case) -> Iterator[Limit]:
    """Yield the limits over nodes that the workload may use, and over what replicas take."""
    mine = set(case.mine)
    for cap in case.caps:
        if mine.intersection(cap.supply.tolist()):
            used = case.used(cap)
            spare = cap.bound - used
            binds = spare <= 0 if cap.family == "pool_minimum" else spare < _least(case, cap)
            yield Limit(
                family=cap.family,
                label=cap.label,
                used=used,
                bound=cap.bound,
                amounts=(cap.says(used), cap.says(cap.bound)),
                binds=binds,
            )
    own = np.array([case.column[case.number, position] for position in case.mine], dtype=np.int64)
    for total in case.totals:
        if np.isin(total.candidate, own).any():
            money = total.resource is None
            yield Limit(
                family="budget" if money else "limit",
                label=total.name if money else f"{total.name} ({total.resource})",
                used=_plain(total.used(case.x)),
                bound=_plain(total.stated),
                amounts=total.amounts(case.x),
                binds=bool(total.says(own, case.x, case.workload.nodes_per_replica)),
            )


def _plain(amount: Fraction) -> float:
    return int(amount) if amount.denominator == 1 else float(amount)


def _least(case: Case, cap: Cap) -> int:
    """Return the least that one more node for the workload would take of a limit."""
    return int(cap.weight[np.isin(cap.supply, case.mine)].min())
