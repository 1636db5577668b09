"""Linear relaxations by HiGHS: one after another from the last basis, tightened by cuts."""

import time
from dataclasses import dataclass, field, replace

import highspy
import numpy as np

from placement.formulation.milp import Floats, Milp, Rows
from placement.solver import Cut, Limits, Relaxation
from placement.solvers.highs import Quiet, accepted, configure, model_of

__all__ = ["HighsRelaxer"]

MOST_ROUNDS = 30  # of cuts, a limit of work: 200 x 50 with every rule ends at some 20
STALLED, RAISED = 4, 1e-5  # rounds, and a share of the bound that they must raise it by
DUAL, PRIMAL = 1, 4  # HiGHS's numbers
# After a change of costs alone the basis stays primal feasible: 1.6 s for 22 by the dual simplex,
# on 50 x 20 with every rule and losses of every kind to survive (HiGHS 1.16).
BINDS = 1e-6  # of a row's activity: HiGHS's tolerance is 1e-7


@dataclass(slots=True)
class _Added:
    """Rows that a relaxation got beside its programme's."""

    rows: list[Rows] = field(default_factory=list)

    def binding(self, values: Floats) -> Rows | None:
        """Return the rows that hold with equality, or None where there are none."""
        if not self.rows:
            return None
        row, col, coef, lower, upper = Milp(
            cost=np.zeros(0), lower=np.zeros(0), upper=np.zeros(0), families=tuple(self.rows)
        ).matrix()
        activity = np.bincount(row, weights=coef * values[col], minlength=lower.size)
        near = np.minimum(activity - lower, upper - activity)
        binds = near <= BINDS * (1 + np.abs(activity))
        number = np.cumsum(binds) - 1
        kept = binds[row]
        return Rows(
            name=self.rows[0].name,
            row=number[row[kept]],
            col=col[kept],
            coef=coef[kept],
            lower=lower[binds],
            upper=upper[binds],
        )


@dataclass(slots=True)
class HighsRelaxer:
    """The default Relaxer. It keeps the last programme, and goes on from it where it can."""

    _engine: highspy.Highs | None = None
    _known: Milp | None = None
    _added: _Added = field(default_factory=_Added)

    def relax(self, milp: Milp, seconds: float, cut: Cut | None = None) -> Relaxation | None:
        """Solve the linear relaxation; see placement.solver.Relaxer."""
        until = time.perf_counter() + max(0.0, seconds)
        try:
            engine = self._ready(milp)
            found = _optimum(engine, until)
            engine.setOptionValue("simplex_strategy", DUAL)  # rows keep a basis dual feasible
            if found is None:
                self._engine = None
            elif cut is not None:
                found = self._raised(engine, found, cut, until)
            else:
                found = replace(found, cuts=self._added.binding(found.values))
        except Exception:  # highspy raises errors of its own; a relaxation is only a help
            self._engine = None
            return None
        return found

    def _ready(self, milp: Milp) -> highspy.Highs:
        """Return an engine with a programme and the last basis, if the last programme allows it."""
        known, self._known = self._known, milp
        if self._engine is None or known is None or not _extends(milp, known):
            self._engine, self._added = Quiet(), _Added()
            model = model_of(milp)
            model.integrality_ = []
            configure(self._engine, Limits())
            accepted(self._engine.passModel(model))
            return self._engine
        for family in milp.families[len(known.families) :]:
            _add(self._engine, family)
        self._engine.setOptionValue("simplex_strategy", PRIMAL)
        cols = np.arange(milp.cost.size, dtype=np.int32)
        accepted(self._engine.changeColsCost(cols.size, cols, milp.cost))
        return self._engine

    def _raised(
        self, engine: highspy.Highs, found: Relaxation, cut: Cut, until: float
    ) -> Relaxation:
        """Return the optimum after rounds of cuts, as long as these raise it."""
        bounds = [found.bound]
        for _ in range(MOST_ROUNDS):
            rows = cut(found.values)
            if rows is None or time.perf_counter() >= until:
                break
            self._added.rows.append(rows)
            _add(engine, rows)
            better = _optimum(engine, until)
            if better is None:
                self._engine = None
                break
            found = better
            bounds.append(found.bound)
            before = bounds[-1 - STALLED] if len(bounds) > STALLED else -np.inf
            if found.bound - before <= RAISED * abs(found.bound):
                break
        return replace(found, cuts=self._added.binding(found.values))


def _extends(milp: Milp, known: Milp) -> bool:
    """Return whether a programme has all rows and bounds of another, and perhaps more rows."""
    first = milp.families[: len(known.families)]
    return (
        len(first) == len(known.families)
        and all(mine is yours for mine, yours in zip(first, known.families, strict=True))
        and np.array_equal(milp.lower, known.lower)
        and np.array_equal(milp.upper, known.upper)
        and milp.offset == known.offset
    )


def _add(engine: highspy.Highs, more: Rows) -> None:
    """Add rows to an engine, which goes on from the basis that it has."""
    order = np.argsort(more.row, kind="stable")
    sizes = np.bincount(more.row, minlength=more.lower.size)
    starts = np.cumsum(sizes) - sizes
    accepted(
        engine.addRows(
            more.lower.size,
            more.lower,
            more.upper,
            order.size,
            starts.astype(np.int32),
            more.col[order].astype(np.int32),
            more.coef[order],
        )
    )


def _optimum(engine: highspy.Highs, until: float) -> Relaxation | None:
    """Return the optimum of the linear programme in an engine, None where it is not reached."""
    left = max(0.0, until - time.perf_counter())
    engine.setOptionValue("time_limit", engine.getRunTime() + left)
    accepted(engine.run())
    if engine.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    reduced = np.asarray(engine.getSolution().col_dual, dtype=np.float64)
    values = np.asarray(engine.getSolution().col_value, dtype=np.float64)
    bound = float(engine.getInfo().objective_function_value)
    finite = np.isfinite(bound) and bool(np.isfinite(reduced).all())
    return Relaxation(bound=bound, reduced=reduced, values=values) if finite else None
