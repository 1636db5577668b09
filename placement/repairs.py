"""The cheapest change of rules that makes a plan whole."""

from dataclasses import dataclass, field
from math import isclose

from placement.conflicts import only_placed
from placement.hitting import hitting_sets
from placement.left_out import left_by_priority
from placement.plan import Plan, Unplaced
from placement.problem import Problem
from placement.relaxing import Relaxable, relaxables
from placement.relaxing.places import PLACES
from placement.tightening import changed, dropped, tightened
from placement.trials import Make, Spent, Trials, is_sure, is_whole, minimal

__all__ = ["Repair", "repair", "with_repairs"]

MOST = 1000  # placements tried for one repair
LEFT = 100  # placements kept for a repair that is not proven, and for its figures

SAME = 1e-9  # relative difference of money within which two plans cost the same


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
    left
        What no change of these rules places; empty where the plan is whole.
    proven
        Whether no fewer changes do, and no other ones as few give a cheaper plan. Else the search
        was cut short, or relaxing a rule may keep more out: places widened beside ``max_skew``.
    placements
        How many were tried.
    """

    changes: tuple[str, ...]
    rules: tuple[Relaxable, ...]
    problem: Problem = field(repr=False)
    plan: Plan = field(repr=False)
    cost: float
    extra: float
    left: tuple[Unplaced, ...] = ()
    proven: bool = True
    placements: int = 0

    def to_dict(self) -> dict[str, object]:
        """Return the fields of ``placement explain --json``."""
        return {
            "changes": list(self.changes),
            "cost_per_hour": self.cost,
            "extra_per_hour": self.extra,
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

    The fewest rules are changed; of as few, those that give the cheapest plan; of equal ones the
    first by name. Figures change by the least that this plan needs. Where something has no place
    whatever changes, it is left out as before, and the rest is made whole.

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
    """Return the repair.

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
    search = _Search(trials)
    chosen = search.run()
    return None if chosen is None else _repaired(problem, plan, search, chosen)


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


def _may_do_harm(problem: Problem, rules: tuple[Relaxable, ...]) -> bool:
    """Return whether relaxing some rule can keep more out, so that more rules gone may do worse.

    A workload that may run in more places has more groups from which ``max_skew`` counts; a load
    that need neither be spread nor outlive a loss may have no replica to spare.
    """
    kinds: dict[str, set[str]] = {}
    for rule in rules:
        kinds.setdefault(rule.workload, set()).add(rule.kind)
    loads = {workload.key for workload in problem.workloads if workload.load is not None}
    return any(
        ("max_skew" in mine and bool(mine & PLACES))
        or (key in loads and bool(mine & {"min_groups", "survive"}))
        for key, mine in kinds.items()
    )


class _Search:
    """The search for the rules to change."""

    def __init__(self, trials: Trials) -> None:
        self.trials = trials
        self.proven = not _may_do_harm(trials.problem, trials.rules)
        self._conflicts: list[frozenset[Relaxable]] = []
        self._tried: set[frozenset[Relaxable]] = set()
        self._best: tuple[Plan, frozenset[Relaxable]] | None = None

    def run(self) -> tuple[Plan, frozenset[Relaxable]] | None:
        """Return the cheapest plan with the fewest rules gone, and these rules.

        Raises
        ------
        Spent
            When the search ended before there was any.
        """
        try:
            self._fewest()
        except Spent:
            self.proven = False
            self.trials.extend(LEFT)
        if self._best is None:
            rules = frozenset(minimal(list(self.trials.rules), self.trials.whole))
            self._best = self.trials.plan(rules), rules
        return self._best

    def _fewest(self) -> None:
        floor = self.trials.plan(self.trials.rules).objective.total
        for size in range(len(self.trials.rules) + 1):
            while (gone := self._next(size)) is not None:
                self._tried.add(gone)
                if not self.trials.whole(gone):
                    self._conflicts.append(frozenset(self.trials.core(gone)))
                    continue
                self._keep(gone)
                if self._best is not None and _as_cheap(self._best[0].objective.total, floor):
                    return  # sets come in the order of names: no later one is better
            if self._best is not None:
                return

    def _next(self, size: int) -> frozenset[Relaxable] | None:
        """Return the first set of a size, by name, that meets all conflicts and is not tried."""
        sets = (s for s in hitting_sets(self._conflicts, size) if s not in self._tried)
        return min(sets, key=_names, default=None)

    def _keep(self, gone: frozenset[Relaxable]) -> None:
        plan = self.trials.plan(gone)
        self.proven = self.proven and plan.status == "optimal"
        if self._best is not None:
            old, cost = self._best[0].objective.total, plan.objective.total
            if cost > old or _as_cheap(cost, old):
                return
        self._best = plan, gone


def _names(rules: frozenset[Relaxable]) -> list[str]:
    return sorted(str(rule) for rule in rules)


def _as_cheap(cost: float, other: float) -> bool:
    return isclose(cost, other, rel_tol=SAME, abs_tol=SAME)


def _repaired(
    problem: Problem, before: Plan, search: _Search, chosen: tuple[Plan, frozenset[Relaxable]]
) -> Repair:
    """Return the repair, with figures changed by the least that the cheapest plan needs."""
    cheapest, gone = chosen
    trials = search.trials
    trials.extend(LEFT)
    rules = tuple(sorted(gone, key=str))

    def holds(changed_problem: Problem) -> bool:
        plan = trials.of(changed_problem, 0.0)
        return is_whole(plan) and _as_cheap(plan.objective.total, cheapest.objective.total)

    try:
        changes, proven = tightened(trials.problem, rules, cheapest, holds), search.proven
    except Spent:
        changes, proven = tuple(dropped(rule) for rule in rules), False
    after = changed(problem, changes)
    plan = trials.of(after, 0.0)
    return Repair(
        changes=tuple(change.words for change in changes),
        rules=tuple(change.rule for change in changes),
        problem=after,
        plan=plan,
        cost=plan.objective.total,
        extra=plan.objective.total - before.objective.total,
        left=plan.unplaced,
        proven=proven and trials.sure and is_sure(plan),
        placements=trials.count,
    )
