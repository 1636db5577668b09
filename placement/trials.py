"""Placements on changed problems: each asked once, counted, and no more than allowed."""

from collections.abc import Callable, Iterable
from typing import TypeAlias

from placement.errors import SolverError
from placement.place import place
from placement.plan import Plan
from placement.problem import Problem
from placement.relaxing import Relaxable, relaxed

__all__ = [
    "ENOUGH_GAP",
    "Make",
    "Spent",
    "Trials",
    "is_sure",
    "is_whole",
    "minimal",
    "placed_within",
]

Make: TypeAlias = Callable[[Problem, float], Plan]
"""What makes a plan of a problem whose cost may be that share above the bound. It may raise
:class:`Spent` to end the search."""

ENOUGH_GAP = 0.5
"""Gap where only the replicas placed matter: the search for a cheaper plan hardly begins."""


class Spent(Exception):
    """As many placements were tried as are allowed, or as long."""


def placed_within(problem: Problem, gap: float) -> Plan:
    """Return a plan within a gap of the cheapest."""
    try:
        return place(problem, gap=gap)
    except SolverError:
        if not gap:
            raise
        return place(problem)  # a search that ended early may be short of a plan


def is_whole(plan: Plan) -> bool:
    """Return whether there is a plan, and it leaves nothing out."""
    return plan.status != "infeasible" and plan.whole


def is_sure(plan: Plan) -> bool:
    """Return whether no plan could place more: the search was not cut short before that."""
    return is_whole(plan) or plan.ended_by in {"optimal", "gap", "infeasible"}


class Trials:
    """The problem with some rules relaxed, placed.

    Parameters
    ----------
    rules
        All that may be relaxed.
    most
        Placements that may be tried.
    """

    def __init__(
        self, problem: Problem, rules: Iterable[Relaxable], make: Make | None, most: int
    ) -> None:
        self.problem = problem
        self.rules = tuple(rules)
        self.count = 0
        self.sure = True
        self._make = make or placed_within
        self._most = most
        self.narrowest = self.rules  # the fewest known that keep something out
        self._seen: dict[frozenset[Relaxable], Plan] = {}
        self._plans: dict[frozenset[Relaxable], Plan] = {}

    def aimed(self, problem: Problem) -> "Trials":
        """Return trials of the same rules in a problem that asks for less, counted on."""
        other = Trials(problem, self.rules, self._make, self._most)
        other.count, other.sure = self.count, self.sure
        return other

    def extend(self, more: int) -> None:
        """Allow so many placements more than were tried until now."""
        self._most = self.count + more

    def of(self, problem: Problem, gap: float) -> Plan:
        """Return a plan of any problem, counted.

        Raises
        ------
        Spent
            When no more may be tried.
        """
        if self.count >= self._most:
            raise Spent
        self.count += 1
        return self._make(problem, gap)

    def whole(self, gone: Iterable[Relaxable]) -> bool:
        """Return whether everything can be placed without some rules."""
        return self._is_whole(self.seen(gone))

    def fits(self, problem: Problem) -> bool:
        """Return whether everything of any problem can be placed."""
        return self._is_whole(self.of(problem, ENOUGH_GAP))

    def _is_whole(self, plan: Plan) -> bool:
        self.sure = self.sure and is_sure(plan)
        return is_whole(plan)

    def seen(self, gone: Iterable[Relaxable]) -> Plan:
        """Return a plan without some rules that places what can be, at whatever cost."""
        key = frozenset(gone)
        if key in self._plans:
            return self._plans[key]
        if key not in self._seen:
            self._seen[key] = plan = self.of(relaxed(self.problem, key), ENOUGH_GAP)
            kept = tuple(rule for rule in self.rules if rule not in key)
            if not is_whole(plan) and len(kept) < len(self.narrowest):
                self.narrowest = kept
        return self._seen[key]

    def plan(self, gone: Iterable[Relaxable]) -> Plan:
        """Return the cheapest plan without some rules."""
        key = frozenset(gone)
        if key not in self._plans:
            self._plans[key] = self.of(relaxed(self.problem, key), 0.0)
        return self._plans[key]

    def core(self, gone: Iterable[Relaxable] = ()) -> tuple[Relaxable, ...]:
        """Return a minimal set of rules that keeps something out with all others gone.

        Parameters
        ----------
        gone
            Rules that are gone in any case; something is left out without them.
        """
        free = frozenset(gone)
        mine = [rule for rule in self.rules if rule not in free]

        def keep_out(kept: Iterable[Relaxable]) -> bool:
            return not self.whole(frozenset(self.rules) - frozenset(kept))

        found = minimal(mine, keep_out)
        while True:  # more rules can do harm in rare cases, so each is tried in the end as well
            needless = (r for r in found if keep_out(other for other in found if other != r))
            rule = next(needless, None)
            if rule is None:
                return tuple(found)
            found = [other for other in found if other != rule]


def minimal(
    items: list[Relaxable], holds: Callable[[Iterable[Relaxable]], bool]
) -> list[Relaxable]:
    """Return a minimal part of a list for which something holds, given that it does for all.

    QuickXplain: halves that are not needed go at once, so that k of n items are found in about
    k log(n/k) questions.

    Source: U. Junker, QuickXplain: Preferred Explanations and Relaxations for Over-Constrained
    Problems, AAAI 2004.
    """

    def search(base: list[Relaxable], added: bool, rest: list[Relaxable]) -> list[Relaxable]:
        if added and holds(base):
            return []
        if len(rest) == 1:
            return rest
        half = len(rest) // 2
        first, second = rest[:half], rest[half:]
        of_second = search(base + first, bool(first), second)
        of_first = search(base + of_second, bool(of_second), first)
        return of_first + of_second

    return [] if not items or holds([]) else search([], False, items)
