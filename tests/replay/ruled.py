"""From a rule on nodes to a plan: what the small models of incumbents share."""

from collections.abc import Callable

from placement import Plan, Problem
from placement.candidates import find_candidates
from placement.solvers.greedy.ledger import Ledger
from placement.solvers.greedy.plan import Left, make_plan
from placement.supply import Supply
from tests.replay.measures import TRIED

__all__ = ["Tries", "by_rule", "supply_of", "trying"]

Tries = list[str]
"""The places that a rule tried in vain."""


def by_rule(rule: Callable[[Ledger], Left], name: str) -> Callable[[Problem], Plan]:
    """Return what makes a plan by a rule that fills a ledger and says what is left out."""

    def plan(problem: Problem) -> Plan:
        ledger = Ledger(find_candidates(problem))
        return make_plan(ledger, rule(ledger), name)

    return plan


def trying(rule: Callable[[Ledger, Tries], Left], name: str) -> Callable[[Problem], Plan]:
    """Return the same for a rule that tries places; what was tried in vain is in the warnings."""

    def plan(problem: Problem) -> Plan:
        ledger, tries = Ledger(find_candidates(problem)), Tries()
        made = make_plan(ledger, rule(ledger, tries), name)
        return made.model_copy(update={"warnings": tuple(TRIED + place for place in tries)})

    return plan


def supply_of(ledger: Ledger, candidate: int) -> Supply:
    """Return the kind of node of a candidate."""
    return ledger.candidates.supplies[int(ledger.candidates.supply[candidate])]
