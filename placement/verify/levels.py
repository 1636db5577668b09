"""The rule ``bound`` for the levels of the objective: what each reached, as far as it is told."""

from collections.abc import Iterator
from fractions import Fraction

from placement.plan import LevelValue
from placement.verify.case import Case
from placement.verify.load import carried
from placement.verify.offers import ROUNDING, fraction
from placement.verify.violation import Violation

__all__ = ["check_levels"]


def check_levels(case: Case) -> Iterator[Violation]:
    """Yield levels that are unknown, told twice, of another value, or bounded above it."""
    seen = set()
    for position, row in enumerate(case.plan.levels):
        truth = _value(case, row)
        value, bound = fraction(row.value), fraction(row.bound)
        room = Fraction(ROUNDING)
        for broken, message in (
            (truth is None, "the objective has no such level"),
            ((row.level, row.priority) in seen, "is told a second time"),
            (
                truth is not None and abs(value - truth) > room * truth,
                f"must be {float(truth or 0)} by the plan, not {row.value}",
            ),
            (bound - value > room * abs(value), f"the bound {row.bound} exceeds the value"),
        ):
            if broken:
                where = f"levels[{position}] {row.level}"
                yield Violation(rule="bound", where=where, message=message)
        seen.add((row.level, row.priority))


def _value(case: Case, row: LevelValue) -> Fraction | None:
    """Return what a level truly reached, or None where there is no such level."""
    if row.level == "placed":
        return _left_out(case, row.priority)
    match None if row.priority is not None else row.level:
        case "money":
            return fraction(case.plan.objective.total)
        case "moves":
            return Fraction(sum(each.moved for each in case.movements))
        case "nodes":
            return Fraction(_nodes(case))
        case "replicas":  # of loads
            counts = [
                Fraction(sum(each.taken for each in case.carriers[key]), w.nodes_per_replica)
                for key, w in case.workloads.items()
                if w.load is not None
            ]
            return sum(counts, Fraction(0))
        case "clusters":
            return Fraction(len({pair.site.cluster.name for pair in case.pairs}))
    return None


def _left_out(case: Case, priority: int | None) -> Fraction | None:
    """Return the replicas of a priority that are left out; of a load, the share not carried."""
    meant = [
        workload for workload in case.workloads.values() if priority in {None, workload.priority}
    ]
    if priority is not None and not meant:
        return None
    total, whole = Fraction(0), 0
    for workload in meant:
        done = case.carriers[workload.key]
        if workload.load is None:
            whole += workload.replicas or 0
            nodes = sum(each.taken for each in done)
            if workload.nodes_per_replica == 1:
                whole -= nodes
            else:
                total -= Fraction(nodes, workload.nodes_per_replica)
        else:
            total += 1 - carried(workload, done) / fraction(workload.load.amount)
    return total + whole


def _nodes(case: Case) -> int:
    """Return the nodes that are kept or new, and those of no pool, which nobody lets go."""
    planned = sum(host.stays for host in case.hosts if host.site.pool is not None)
    return planned + sum(
        node.node_pool is None for cluster in case.problem.clusters for node in cluster.nodes
    )
