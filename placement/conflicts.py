"""Which rules together keep replicas out: a minimal set of those that an operator could change."""

from dataclasses import dataclass

from placement.plan import Plan, Unplaced
from placement.problem import Problem, Workload
from placement.problem.demands import positions_of
from placement.problem.revised import revised
from placement.relaxing import Relaxable, relaxables
from placement.trials import ENOUGH_GAP, Make, Spent, Trials

__all__ = ["Conflict", "conflict", "only_placed"]

MOST = 400  # placements tried for one conflict; a few dozen are usual
ROUNDING = 1e-9  # share of a load below which a difference is one of binary fractions


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """Rules that cannot all hold with everything placed, whatever other rules are relaxed.

    Parameters
    ----------
    rules
        Without any one of them, and without all other rules that can be relaxed, everything that
        is asked about is placed. Empty where nothing that an operator can change helps.
    hard
        Where ``rules`` is empty, why each workload is kept out even so.
    proven
        Whether each answer was proven and the search was not cut short. Else the rules still keep
        something out, as far as is known, and perhaps fewer of them do.
    placements
        How many were tried.
    """

    rules: tuple[Relaxable, ...]
    hard: tuple[Unplaced, ...] = ()
    proven: bool = True
    placements: int = 0

    def lines(self) -> tuple[str, ...]:
        """Return the rules in words, or why nothing helps."""
        if self.rules:
            return tuple(str(rule) for rule in self.rules)
        why = [f"{row.workload}: {reason}" for row in self.hard for reason in row.reasons]
        return ("nothing that an operator can change here helps", *why)

    def to_dict(self) -> dict[str, object]:
        """Return the fields of ``placement explain --json``."""
        return {
            "rules": [{"kind": rule.kind, "rule": str(rule)} for rule in self.rules],
            "hard": [{"workload": row.workload, "reasons": list(row.reasons)} for row in self.hard],
            "proven": self.proven,
            "placements": self.placements,
        }


def conflict(
    problem: Problem,
    workload: str | None = None,
    *,
    plan: Plan | None = None,
    make: Make | None = None,
    most: int = MOST,
) -> Conflict | None:
    """Return a minimal set of rules that keeps replicas out; None where all can be placed.

    Parameters
    ----------
    workload
        Ask about this one alone: of all others, what the plan places stays placed, and no more is
        asked for. Absent: about everything.
    plan
        Of the problem; made where it is needed and absent.
    make
        What makes a plan of a problem within a gap; ``place`` unless given.
    most
        Placements that may be tried.

    Raises
    ------
    InputError
        When no workload, or more than one, has the name.
    SolverError
        As ``make`` does.
    """
    asked = problem
    if workload is not None:
        at = positions_of(problem, workload)[0]
        first = plan or Trials(problem, (), make, 1).of(problem, ENOUGH_GAP)
        asked = only_placed(problem, first.unplaced, but=problem.workloads[at].key)
    trials = Trials(asked, relaxables(asked), make, most)
    try:
        if trials.whole(()):
            return None
        if not trials.whole(trials.rules):
            hard = trials.seen(trials.rules).unplaced
            return Conflict(rules=(), hard=hard, proven=trials.sure, placements=trials.count)
        rules, ended = trials.core(), False
    except Spent:
        rules, ended = trials.narrowest, True
    return Conflict(
        rules=tuple(sorted(rules, key=str)),
        proven=trials.sure and not ended,
        placements=trials.count,
    )


def only_placed(problem: Problem, left: tuple[Unplaced, ...], *, but: str = "") -> Problem:
    """Return a problem that asks for what is placed alone, ``but`` for one workload.

    Parameters
    ----------
    left
        What is left out.
    """
    rows = {row.workload: row for row in left if row.workload != but}
    changed = []
    for workload in problem.workloads:
        row = rows.get(workload.key)
        if row is None:
            changed.append(workload)
        elif workload.load is None or row.load is None:
            fewer = (workload.replicas or 0) - row.replicas
            changed.append(workload.model_copy(update={"replicas": fewer}))
        else:
            changed.append(workload.model_copy(update=_carried(workload, row.load)))
    return revised(problem, workloads=tuple(changed))


def _carried(workload: Workload, left: float) -> dict[str, object]:
    """Return the fields of a workload that asks for the load that is carried, or for nothing."""
    load = workload.load
    amount = 0.0 if load is None else (load.amount - left) * (1 - ROUNDING)
    if load is None or amount <= load.amount * ROUNDING:
        return {"load": None, "replicas": 0, "min_replicas": 0}
    return {"load": load.model_copy(update={"amount": amount})}
