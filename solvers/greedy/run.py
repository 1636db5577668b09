"""How a baseline runs: candidates, minimal nodes, what runs, the rule, the plan."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from time import perf_counter
from typing import Any

from placement.candidates import Candidates, find_candidates
from placement.caps import Cap
from placement.plan import Plan
from placement.problem import Problem
from placement.solvers.greedy.cheapest import cheapest
from placement.solvers.greedy.ending import Ending
from placement.solvers.greedy.ffd import ffd
from placement.solvers.greedy.fleet import AGGREGATED, DYNAMIC, STATIC
from placement.solvers.greedy.inventory import inventory
from placement.solvers.greedy.karmada import karmada
from placement.solvers.greedy.ledger import Ledger
from placement.solvers.greedy.minimums import meet_minimums
from placement.solvers.greedy.plan import Left, infeasible_plan, plan_of
from placement.solvers.greedy.staying import keep_running

__all__ = ["Run", "carry_out", "run"]

_DIVISIONS: Mapping[str, Mapping[str, Any]] = {
    "karmada": DYNAMIC,
    "karmada-aggregated": AGGREGATED,
    "karmada-static": STATIC,
}
_RULES: Mapping[str, Callable[[Ledger], Left]] = {
    "inventory": inventory,
    "cheapest": cheapest,
    "ffd": ffd,
}


@dataclass(frozen=True)
class Run:
    """A baseline that has been carried out; its plan is made when it is asked for.

    Parameters
    ----------
    short
        Pools whose minimal nodes cannot be had: then there is no plan, and nothing was placed.
    """

    name: str
    ledger: Ledger
    left: Left
    short: tuple[str, ...]

    @cached_property
    def ending(self) -> Ending:
        """Return what becomes of the nodes."""
        return Ending(self.ledger)

    def plan(self) -> Plan:
        """Return the plan."""
        if self.short:
            return infeasible_plan(self.ledger, self.short, self.name)
        return plan_of(self.ending, self.left, self.name)


def carry_out(name: str, candidates: Candidates, caps: Iterable[Cap] | None = None) -> Run:
    """Carry a named baseline out.

    Parameters
    ----------
    caps
        The limits of this very problem, where they are known already.
    """
    ledger = Ledger(candidates, caps)
    short = tuple(meet_minimums(ledger))
    keep_running(ledger)
    left: Left = {}
    if not short and name in _DIVISIONS:
        left = karmada(ledger, _DIVISIONS[name])
    elif not short:
        left = _RULES[name](ledger)
    return Run(name, ledger, left, short)


def run(name: str, problem: Problem, candidates: Candidates | None = None) -> Plan:
    """Return the plan of a named baseline.

    Parameters
    ----------
    candidates
        Of this very problem, where they are known already.
    """
    start = perf_counter()
    found = find_candidates(problem) if candidates is None else candidates
    plan = carry_out(name, found).plan()
    return plan.model_copy(update={"seconds": perf_counter() - start})
