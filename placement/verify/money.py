"""The rules ``cost`` and ``bound``: prices, sums, and what may be called proven."""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from placement.verify.case import Case
from placement.verify.offers import ROUNDING, exact, fraction
from placement.verify.users import replica_money
from placement.verify.violation import Violation

__all__ = ["PROOF_TOLERANCE", "check_bound", "check_cost"]

PROOF_TOLERANCE = Decimal("1e-6")
"""The largest gap that may be called optimal. MIP solvers prove to 1e-6 at best: HiGHS and SCIP
take 1e-6 as their feasibility tolerance (HiGHS 1.12 ``mip_feasibility_tolerance``, SCIP 9
``numerics/feastol``).
"""


def check_cost(case: Case) -> Iterator[Violation]:
    """Yield wrong prices of nodes, and sums that are not the sums of the true prices."""
    total = Decimal(0)
    for host in case.hosts:
        price, says = host.site.price, host.row.price
        if price is None:
            continue  # the rule ``stock`` says so
        if exact(says) != price:
            message = f"price must be {price}, not {says}"
            yield Violation(rule="cost", where=host.where, message=message)
        if host.stays:
            total += price
    objective, extra = case.plan.objective, replica_money(case)
    extra["moves"] = _moves_money(case)
    whole = Fraction(total) + sum(extra.values(), Fraction(0))
    for name, says, truth in (
        ("cost_per_hour", case.plan.cost_per_hour, total),
        ("objective.nodes", objective.nodes, total),
        ("objective.total", objective.total, whole),
        ("objective.risk", objective.risk, extra["risk"]),
        ("objective.preferences", objective.preferences, extra["preferences"]),
        ("objective.latency", objective.latency, extra["latency"]),
        ("objective.egress", objective.egress, extra["egress"]),
        ("objective.moves", objective.moves, extra["moves"]),
    ):
        if abs(Fraction(exact(says)) - Fraction(truth)) > Fraction(ROUNDING) * Fraction(truth):
            told = truth if isinstance(truth, Decimal) else float(truth)
            message = f"must be {told} by the prices of the problem, not {says}"
            yield Violation(rule="cost", where=name, message=message)
    if case.plan.currency != case.problem.currency:
        message = f"must be {case.problem.currency}, not {case.plan.currency}"
        yield Violation(rule="cost", where="currency", message=message)


def _moves_money(case: Case) -> Fraction:
    """Return what the moves cost per hour, spread over the horizon."""
    cost = sum(
        (fraction(each.workload.move_cost) * each.moved for each in case.movements), Fraction(0)
    )
    return cost / fraction(case.problem.objective.horizon_hours)


def check_bound(case: Case) -> Iterator[Violation]:
    """Yield a bound above the total, a gap that is not theirs, and a proof that does not close."""
    plan = case.plan
    total, bound = exact(plan.objective.total), exact(plan.lower_bound)
    if bound > total + ROUNDING * total:
        message = f"must not exceed the total {total}, but is {bound}"
        yield Violation(rule="bound", where="lower_bound", message=message)
    gap = (total - bound) / total if total else Decimal(0)
    if abs(exact(plan.gap) - gap) > ROUNDING:
        message = f"must be (total - bound) / total = {float(gap)}, not {plan.gap}"
        yield Violation(rule="bound", where="gap", message=message)
    if plan.status == "optimal" and total - bound > PROOF_TOLERANCE * total:
        message = f"must not be optimal while the bound {bound} is below the total {total}"
        yield Violation(rule="bound", where="status", message=message)
