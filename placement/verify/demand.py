"""The rule ``demand``: every replica and all load is either placed or listed as left out."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from fractions import Fraction

from placement.plan import Unplaced
from placement.problem import Workload
from placement.verify.case import Case
from placement.verify.load import carried
from placement.verify.offers import ROUNDING, fraction
from placement.verify.violation import Violation

__all__ = ["check_demand"]


def check_demand(case: Case) -> Iterator[Violation]:
    """Yield workloads of which what is placed and what is left out is not what was asked for."""
    placed: Counter[str] = Counter()
    for position, row in enumerate(case.plan.assignments):
        if row.workload not in case.workloads:
            yield _unknown(f"assignments[{position}]", row.workload)
        placed[row.workload] += row.replicas
    left: defaultdict[str, list[Unplaced]] = defaultdict(list)
    for position, out in enumerate(case.plan.unplaced):
        if out.workload not in case.workloads:
            yield _unknown(f"unplaced[{position}]", out.workload)
        left[out.workload].append(out)
    for key, workload in case.workloads.items():
        if workload.load is None:
            broken = _replicas(workload, placed[key], left[key])
        else:
            broken = _load(workload, carried(workload, case.carriers[key]), left[key])
        for message in broken:
            yield Violation(rule="demand", where=key, message=message)


def _unknown(where: str, key: str) -> Violation:
    return Violation(rule="demand", where=where, message=f"the problem has no workload {key}")


def _replicas(workload: Workload, placed: int, left: list[Unplaced]) -> Iterator[str]:
    unplaced, asked = sum(row.replicas for row in left), workload.replicas or 0
    if placed + unplaced != asked:
        yield f"placed {placed} and unplaced {unplaced} must be {asked} replicas together"
    if any(row.load is not None or row.unit is not None for row in left):
        yield "is asked for in replicas, and what is left out must be told in replicas"


def _load(workload: Workload, done: Fraction, left: list[Unplaced]) -> Iterator[str]:
    if workload.load is None:
        return
    truth = fraction(workload.load.amount) - done
    says = sum((fraction(row.load or 0.0) for row in left), Fraction(0))
    if abs(says - truth) > Fraction(ROUNDING) * truth:
        yield f"{float(truth)} {workload.load.unit} are not carried, not {float(says)}"
    if any(row.replicas or row.unit != workload.load.unit for row in left):
        yield f"what is not carried must be told in {workload.load.unit}, and not in replicas"
