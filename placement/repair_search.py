"""The search for the fewest rules to change, and of as few for those with the cheapest plan."""

from contextlib import suppress
from dataclasses import dataclass
from itertools import combinations
from math import comb, isclose

from placement.hitting import hitting_sets
from placement.plan import Plan
from placement.problem import Problem
from placement.promises import kept
from placement.relaxing import Relaxable
from placement.relaxing.change import Change, changed, dropped
from placement.relaxing.places import PLACES
from placement.trials import Spent, Trials, minimal

__all__ = ["LEFT", "SAME", "Chosen", "Search", "cheaper"]

EVERY = 300  # sets of rules that are tried where it is not enough to meet every conflict
LEFT = 100  # placements kept for a repair that is not proven, and for its figures

SAME = 1e-9  # relative difference of money within which two plans cost the same


@dataclass(frozen=True, slots=True)
class Chosen:
    """Rules to change.

    Parameters
    ----------
    without
        The cheapest plan without them.
    kept
        What becomes of the promises among them.
    plan
        The cheapest plan with these changes, and without the other rules.
    """

    gone: frozenset[Relaxable]
    without: Plan
    kept: dict[Relaxable, Change]
    plan: Plan

    @property
    def rules(self) -> tuple[Relaxable, ...]:
        """Return the rules by name."""
        return tuple(sorted(self.gone, key=str))


class Search:
    """The search for the rules to change."""

    def __init__(self, trials: Trials) -> None:
        self.trials = trials
        self.proven = True
        self._conflicts: list[frozenset[Relaxable]] = []
        self._tried: set[frozenset[Relaxable]] = set()
        self._best: Chosen | None = None

    def run(self) -> Chosen:
        """Return the fewest rules, those with the cheapest plan.

        Raises
        ------
        Spent
            When the search ended before there was any.
        """
        try:
            self._fewest()
            if _may_do_harm(self.trials.problem, self.trials.rules):
                self._every()
        except Spent:
            self.proven = False
            self.trials.extend(LEFT)
        best = self._best
        if best is None:
            few = minimal(list(self.trials.rules), self.trials.whole)
            best = self._dropped(frozenset(few))
        if not best.kept:
            with suppress(Spent):
                best = self._least(best)
        return best

    def _fewest(self) -> None:
        floor = self.trials.plan(self.trials.rules)
        for size in range(len(self.trials.rules) + 1):
            while (gone := self._next(size)) is not None:
                self._tried.add(gone)
                if not self.trials.whole(gone):
                    self._conflicts.append(frozenset(self.trials.core(gone)))
                    continue
                found = self._dropped(gone)
                self._best = self._best or found  # in case that the search ends now
                self._best = self._better(self._best, found)
                if not cheaper(floor, self._best.plan):
                    return  # sets come in the order of names: no later one is better
            if self._best is not None:
                return

    def _every(self) -> None:
        """Try each set that is no larger, as relaxing more can do harm; unproven where too many."""
        rules = sorted(self.trials.rules, key=str)
        most = len(rules) if self._best is None else len(self._best.gone)
        if sum(comb(len(rules), size) for size in range(most + 1)) > EVERY:
            self.proven = False
            return
        for size in range(most + 1):
            best: Chosen | None = None
            for gone in map(frozenset, combinations(rules, size)):
                if self.trials.whole(gone):
                    found = self._dropped(gone)
                    best = self._better(best or found, found)
            if best is not None:
                self._best = best
                return

    def _next(self, size: int) -> frozenset[Relaxable] | None:
        """Return the first set of a size, by name, that meets all conflicts and is not tried."""
        sets = (s for s in hitting_sets(self._conflicts, size) if s not in self._tried)
        return min(sets, key=_names, default=None)

    def _better(self, best: Chosen, found: Chosen) -> Chosen:
        """Return the better of the best so far and a further one: its promises only cost money."""
        self.proven = self.proven and found.without.status == "optimal"
        if best is found:
            return self._least(found)
        if not cheaper(found.without, best.plan):
            return best
        least = self._least(found)
        return least if cheaper(least.plan, best.plan) else best

    def _dropped(self, gone: frozenset[Relaxable]) -> Chosen:
        """Return rules that are gone altogether."""
        plan = self.trials.plan(gone)
        return Chosen(gone, plan, {}, plan)

    def _least(self, found: Chosen) -> Chosen:
        """Return the rules with the least change of promises among them."""
        trials, rules = self.trials, found.rules
        promises = kept(trials.problem, rules, found.without, trials.fits)
        if not promises:
            return found
        changes = {rule: dropped(rule) for rule in rules} | promises
        plan = trials.of(changed(trials.problem, changes.values()), 0.0)
        self.proven = self.proven and plan.status == "optimal"
        return Chosen(found.gone, found.without, promises, plan)


def _names(rules: frozenset[Relaxable]) -> list[str]:
    return sorted(str(rule) for rule in rules)


def cheaper(one: Plan, other: Plan) -> bool:
    """Return whether a plan costs less than another one, by more than rounding."""
    cost, than = one.objective.total, other.objective.total
    return cost < than and not isclose(cost, than, rel_tol=SAME, abs_tol=SAME)


def _may_do_harm(problem: Problem, rules: tuple[Relaxable, ...]) -> bool:
    """Return whether relaxing some rule can keep more out, so that more rules gone may do worse.

    A workload that may run in more places has more groups from which ``max_skew`` counts; a replica
    that may stay where it is counts for ``max_moves`` if it goes; a load that need neither be
    spread nor outlive a loss may have no replica to spare.
    """
    kinds: dict[str, set[str]] = {}
    for rule in rules:
        kinds.setdefault(rule.workload, set()).add(rule.kind)
    limited = any(rule.kind == "max_moves" for rule in rules)
    for workload in problem.workloads:
        mine = kinds.get(workload.key, set())
        counted = "max_skew" in mine or (limited and bool(workload.current))
        if counted and mine & {*PLACES, "spread"}:
            return True
        if workload.load is not None and mine & {"min_groups", "survive"}:
            return True
    return False
