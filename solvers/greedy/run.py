"""How a baseline runs: candidates, minimal nodes, what runs, the rule, the plan."""

from collections.abc import Callable, Mapping
from time import perf_counter
from typing import Any

from placement.candidates import Candidates, find_candidates
from placement.plan import Plan
from placement.problem import Problem
from placement.solvers.greedy.cheapest import cheapest
from placement.solvers.greedy.ffd import ffd
from placement.solvers.greedy.fleet import AGGREGATED, DYNAMIC, STATIC
from placement.solvers.greedy.inventory import inventory
from placement.solvers.greedy.karmada import karmada
from placement.solvers.greedy.ledger import Ledger
from placement.solvers.greedy.minimums import meet_minimums
from placement.solvers.greedy.plan import Left, infeasible_plan, make_plan
from placement.solvers.greedy.staying import keep_running

__all__ = ["run"]

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


def run(name: str, problem: Problem, candidates: Candidates | None = None) -> Plan:
    """Return the plan of a named baseline.

    Parameters
    ----------
    candidates
        Of this very problem, where they are known already.
    """
    start = perf_counter()
    ledger = Ledger(find_candidates(problem) if candidates is None else candidates)
    short = meet_minimums(ledger)
    keep_running(ledger)
    if short:
        plan = infeasible_plan(ledger, short, name)
    elif name in _DIVISIONS:
        plan = make_plan(ledger, karmada(ledger, _DIVISIONS[name]), name)
    else:
        plan = make_plan(ledger, _RULES[name](ledger), name)
    return plan.model_copy(update={"seconds": perf_counter() - start})
