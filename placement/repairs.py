"""The cheapest change of rules that makes a plan whole."""

from dataclasses import dataclass, field
from math import isclose

from placement.conflicts import only_placed
from placement.left_out import left_by_priority
from placement.plan import Plan, Unplaced
from placement.problem import Problem
from placement.relaxing import Relaxable, relaxables
from placement.relaxing.change import changed, dropped
from placement.repair_search import LEFT, SAME, Chosen, Search, cheaper
from placement.tightening import tightened
from placement.trials import Make, Spent, Trials, is_sure, is_whole

__all__ = ["Repair", "repair", "with_repairs"]

MOST = 1000  # placements tried for one repair


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """Rules changed so that everything has a place that can have one.

    Parameters
    ----------
    changes
        What to change, in words, such as ``quota gn7: 320 -> 352 vcpus``.
    rules
        The rules that change.
    problem, plan
        With the changes.
    cost
        Money per hour of the plan, ``objective.total``.
    extra
        What it costs more than the plan before, which places less.
    without
        Cost of the cheapest plan without the rules that change: what more of them would save.
    left
        What no change of these rules places; empty where the plan is whole.
    proven
        Whether no fewer changes do, and no other ones as few give a cheaper plan. Else the search
        was cut short, or relaxing a rule may keep more out (places widened beside ``max_skew`` or
        ``max_moves``), and there are too many sets of rules to try each.
    placements
        How many were tried.
    """

    changes: tuple[str, ...]
    rules: tuple[Relaxable, ...]
    problem: Problem = field(repr=False)
    plan: Plan = field(repr=False)
    cost: float
    extra: float
    without: float
    left: tuple[Unplaced, ...] = ()
    proven: bool = True
    placements: int = 0

    def to_dict(self) -> dict[str, object]:
        """Return the fields of ``placement explain --json``."""
        return {
            "changes": list(self.changes),
            "cost_per_hour": self.cost,
            "extra_per_hour": self.extra,
            "cost_without_rules_per_hour": self.without,
            "left_out": [
                {"workload": row.workload, "replicas": row.replicas, "load": row.load}
                for row in self.left
            ],
            "proven": self.proven,
            "placements": self.placements,
        }


def repair(
    problem: Problem, plan: Plan, *, make: Make | None = None, most: int = MOST
) -> Repair | None:
    """Return the cheapest change of rules that makes a plan whole; None where none is found.

    The fewest rules are changed, and of what they promise to workloads as little as can be, see
    :mod:`placement.promises`; of as few rules, those that then give the cheapest plan; of equal
    ones the first by name. Amounts change by the least that this plan needs. Where something has
    no place whatever changes, it is left out as before, and the rest is made whole.

    Parameters
    ----------
    plan
        Of ``problem``; its cost is what the repair is compared with.
    make
        What makes a plan of a problem within a gap; ``place`` unless given.
    most
        Placements that may be tried.

    Raises
    ------
    SolverError
        As ``make`` does.

    Notes
    -----
    The fewest rules by implicit hitting sets: rules that meet every conflict known so far either
    do, or leave another conflict. Source: E. Moreno-Centeno, R. M. Karp, The Implicit Hitting Set
    Approach to Solve Combinatorial Optimization Problems, Operations Research 61 (2013).
    """
    if is_whole(plan):
        return None
    try:
        return _found(problem, plan, Trials(problem, relaxables(problem), make, most))
    except Spent:
        return None


def _found(problem: Problem, plan: Plan, trials: Trials) -> Repair | None:
    """Return the repair, None where nothing helps.

    Raises
    ------
    Spent
        When the search ended before there was any.
    """
    rules = trials.rules
    best = trials.seen(rules)
    if not is_whole(best):
        if _places_no_more(problem, best, plan):
            return None
        trials = trials.aimed(only_placed(problem, best.unplaced))
    search = Search(trials)
    return _repaired(problem, plan, search, search.run())


def with_repairs(
    problem: Problem, plan: Plan, *, make: Make | None = None, most: int = MOST
) -> Plan:
    """Return a plan whose unplaced rows say what would place them, all of it together.

    Parameters
    ----------
    make, most
        As for :func:`repair`.

    Raises
    ------
    SolverError
        As ``make`` does.
    """
    found = repair(problem, plan, make=make, most=most)
    if found is None:
        return plan
    hopeless = {row.workload for row in found.left}
    text = f"{'; '.join(found.changes)} (the plan then costs {found.cost:.6g} per hour)"
    rows = tuple(
        row if row.workload in hopeless else row.model_copy(update={"repair": text})
        for row in plan.unplaced
    )
    return plan.model_copy(update={"unplaced": rows})


def _places_no_more(problem: Problem, best: Plan, plan: Plan) -> bool:
    """Return whether the best plan there can be leaves out as much as a plan does."""
    pairs = zip(left_by_priority(problem, best), left_by_priority(problem, plan), strict=True)
    return all(isclose(one, other, rel_tol=SAME, abs_tol=SAME) for one, other in pairs)


def _repaired(problem: Problem, before: Plan, search: Search, chosen: Chosen) -> Repair:
    """Return the repair, with amounts changed by the least that the cheapest plan needs."""
    trials = search.trials
    trials.extend(LEFT)
    rules = chosen.rules

    def holds(changed_problem: Problem) -> bool:
        plan = trials.of(changed_problem, 0.0)
        return is_whole(plan) and not cheaper(chosen.plan, plan)

    try:
        changes = tightened(trials.problem, rules, chosen.kept, chosen.plan, holds)
        proven = search.proven
    except Spent:
        gone = {rule: dropped(rule) for rule in rules} | chosen.kept
        changes, proven = tuple(gone.values()), False
    after = changed(problem, changes)
    plan = trials.of(after, 0.0)
    return Repair(
        changes=tuple(change.words for change in changes),
        rules=tuple(change.rule for change in changes),
        problem=after,
        plan=plan,
        cost=plan.objective.total,
        extra=plan.objective.total - before.objective.total,
        without=chosen.without.objective.total,
        left=plan.unplaced,
        proven=proven and trials.sure and is_sure(plan),
        placements=trials.count,
    )
