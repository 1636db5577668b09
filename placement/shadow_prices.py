"""What one unit more, or less, of every stock, quota, maximum, limit and budget is worth.

Each price is the difference of two optima, so it is exact in a problem of whole nodes, where no
dual value is. A figure with slack can have a price too: four small nodes may beat a large one that
three cannot replace. So every figure is asked, but not one by one. Raising several figures at once
allows all that raising one of them does; where that changes nothing, none of them has a price, and
else each half of them is asked. What a plan does not use up can be lowered for nothing: the plan
still holds, and fewer plans do not hold a better one.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from math import ceil, isclose

from placement.left_out import left_by_priority
from placement.plan import Plan
from placement.problem import Problem
from placement.quantity import CPU, MEMORY
from placement.relaxing import Figure, Relaxable, figures, relaxed
from placement.relaxing.usage import Usage, usage
from placement.trials import Make, Trials

__all__ = ["ShadowPrice", "shadow_prices"]

MOST = 5000  # placements tried for one table
SAME = 1e-9  # relative difference of money, or of a load's share, below which there is none
FINE = 10**6  # parts of a unit of money to which steps of budgets are rounded

_BYTES = (MEMORY, "ephemeral-storage")
_UNITS = {CPU: ("core", 1000), "nodes": ("node", 1), "vcpus": ("vcpu", 1)}
_UNITS |= dict.fromkeys(_BYTES, ("GiB", 2**30))


@dataclass(frozen=True, slots=True, kw_only=True)
class ShadowPrice:
    """What a figure is worth.

    Parameters
    ----------
    kind, rule
        ``stock``, ``quota``, ``pool_maximum``, ``cluster_limit``, ``limit`` or ``budget``, and the
        rule in words.
    unit
        What is counted: ``node``, ``vcpu``, ``core``, ``GiB``, a resource, or money ``per hour``.
    bound, used
        What is stated, and what the plan uses, in units.
    more
        The least growth, in units, that lets one more node, or replica, be had than now fit; 0
        where none can use the figure.
    saves
        Money per hour and unit that the plan gets cheaper by ``more``, never below 0; None where
        it then places more, or there is a plan at last, which does not compare.
    places
        Replicas per unit, and shares of loads, that it then places more.
    less
        By how much the figure is lowered for ``costs``: one node, or replica, fewer fits; 0 where
        it cannot be.
    costs
        Money per hour and unit that the plan gets dearer by ``less``, never below 0; None where it
        then places less, which does not compare.
    displaces
        Replicas per unit, and shares of loads, that it then leaves out.
    proven
        Whether all plans compared are proven.
    """

    kind: str
    rule: str
    unit: str
    bound: float
    used: float
    more: float = 0.0
    saves: float | None = 0.0
    places: float = 0.0
    less: float = 0.0
    costs: float | None = 0.0
    displaces: float = 0.0
    proven: bool = True

    @property
    def matters(self) -> bool:
        """Return whether a step more or less changes anything."""
        return any((self.saves, self.places, self.costs, self.displaces))

    def to_dict(self) -> dict[str, object]:
        """Return the fields of ``placement explain --prices --json``."""
        return asdict(self)


def shadow_prices(
    problem: Problem, plan: Plan, *, make: Make | None = None, most: int = MOST
) -> tuple[ShadowPrice, ...]:
    """Return what one unit more and one less of every figure are worth, in the input's order.

    Parameters
    ----------
    plan
        The optimum of ``problem``.
    make
        What makes a plan of a problem within a gap; ``place`` unless given.
    most
        Placements that may be tried.

    Raises
    ------
    Spent
        When these do not do.
    SolverError
        As ``make`` does.
    """
    used = usage(problem, problem, plan)
    nothing = Usage(used=Fraction(0), bound=Fraction(0), sizes=())
    asked = [_Asked(rule, used.get((rule.kind, rule.label), nothing)) for rule in figures(problem)]
    case = _Case(problem, plan, Trials(problem, (), make, most))
    raised = case.raised([each for each in asked if each.use.sizes])
    return tuple(case.price(each, raised.get(each.rule)) for each in asked)


class _Asked:
    """One figure, how much of it is used, and a step more or less of it."""

    def __init__(self, rule: Relaxable, use: Usage) -> None:
        self.rule = rule
        self.use = use
        stated = 0 if rule.figure is None else rule.figure
        self.figure = Fraction(repr(stated))
        step = use.step or Fraction(0)
        self.more = self._fine(step) if step else step
        down = [use.slack % size + size for size in use.sizes]
        self.less = Fraction(0)
        if down:
            self.less = max(Fraction(0), min(self.figure - rule.least, self._fine(min(down))))

    def _fine(self, step: Fraction) -> Fraction:
        return Fraction(ceil(step * FINE), FINE) if self.rule.kind == "budget" else step

    def by(self, step: Fraction) -> Figure:
        """Return the figure with a step more, or less where it is negative."""
        after = self.figure + step
        return float(after) if self.rule.kind == "budget" else int(after)

    @property
    def unit(self) -> tuple[str, int]:
        """Return the unit, and how many base units it has."""
        if self.rule.kind == "budget":
            return "per hour", 1
        if self.rule.kind in {"stock", "pool_maximum"}:
            return "node", 1
        return _UNITS.get(self.rule.counts, (self.rule.counts, 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Outcome:
    """What is compared: whether there is a plan, what it leaves out by priority, and its money."""

    exists: bool
    left: tuple[float, ...]
    total: float
    proven: bool

    def as_many(self, other: "_Outcome") -> bool:
        """Return whether both leave out the same, as far as what is optimised goes."""
        pairs = zip(self.left, other.left, strict=True)
        close = (isclose(mine, theirs, rel_tol=SAME, abs_tol=SAME) for mine, theirs in pairs)
        return self.exists == other.exists and all(close)

    def same(self, other: "_Outcome") -> bool:
        """Return whether both leave out the same and cost the same."""
        close = isclose(self.total, other.total, rel_tol=SAME, abs_tol=SAME)
        return close and self.as_many(other)


class _Case:
    """One problem with its optimum, and what others are compared with it."""

    def __init__(self, problem: Problem, plan: Plan, trials: Trials) -> None:
        self._problem = problem
        self._trials = trials
        self._base = self._outcome(plan)

    def raised(self, asked: Sequence[_Asked]) -> dict[Relaxable, _Outcome]:
        """Return what comes of raising each figure that makes a difference."""
        if not asked:
            return {}
        after = self._after({each.rule: each.by(each.more) for each in asked})
        if after.same(self._base):
            return {}
        if len(asked) == 1:
            return {asked[0].rule: after}
        half = len(asked) // 2
        return {**self.raised(asked[:half]), **self.raised(asked[half:])}

    def price(self, asked: _Asked, raised: _Outcome | None) -> ShadowPrice:
        """Return what a figure is worth, given what comes of raising it, if anything does."""
        unit, size = asked.unit
        lowered = self._lowered(asked)
        more, less = (float(step / size) for step in (asked.more, asked.less))
        saves, places = self._compared(raised, more, 1)
        costs, displaces = self._compared(lowered, less, -1)
        compared = [self._base, *(each for each in (raised, lowered) if each)]
        return ShadowPrice(
            kind=asked.rule.kind,
            rule=asked.rule.label.removesuffix(":"),
            unit=unit,
            bound=float(asked.figure / size),
            used=float(asked.use.used / size),
            more=more,
            saves=saves,
            places=places,
            less=less,
            costs=costs,
            displaces=displaces,
            proven=all(each.proven for each in compared),
        )

    def _lowered(self, asked: _Asked) -> _Outcome | None:
        """Return what comes of lowering a figure, None where the plan holds as it is."""
        if not asked.less or asked.use.slack >= asked.less:
            return None
        after = self._after({asked.rule: asked.by(-asked.less)})
        return None if after.same(self._base) else after

    def _compared(
        self, after: _Outcome | None, step: float, sign: int
    ) -> tuple[float | None, float]:
        """Return money and replicas per unit by which an outcome is better, or with -1 worse."""
        if after is None:
            return 0.0, 0.0
        replicas = sign * (sum(self._base.left) - sum(after.left)) / step
        if not after.as_many(self._base):
            return None, replicas
        return max(0.0, sign * (self._base.total - after.total) / step), 0.0

    def _after(self, changes: dict[Relaxable, Figure | None]) -> _Outcome:
        return self._outcome(self._trials.of(relaxed(self._problem, changes), 0.0))

    def _outcome(self, plan: Plan) -> _Outcome:
        return _Outcome(
            exists=plan.status != "infeasible",
            left=left_by_priority(self._problem, plan),
            total=plan.objective.total,
            proven=plan.status != "feasible",
        )
