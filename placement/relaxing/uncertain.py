"""Stock that is not certain, which could be made so, and the confidence that plans hold with."""

from collections.abc import Iterator
from functools import partial

from placement.confidence import halvings, sure_stock
from placement.problem import Offering, Problem
from placement.problem.stock import UncertainStock
from placement.relaxing.rule import Figure, Relaxable, with_part

__all__ = ["LEAST_CONFIDENCE", "least_confidence", "uncertain_stocks"]

LEAST_CONFIDENCE = 0.001
"""The least confidence there is a use for, which stands for none: without any, medians count."""


def uncertain_stocks(problem: Problem) -> Iterator[Relaxable]:
    """Yield every stock that is not certain; its figure is what can be counted on without risk."""
    for at, row in enumerate(problem.offerings):
        if _is_uncertain(problem, row):
            yield Relaxable(
                kind="stock",
                label=f"stock of {row.describe()}:",
                stated=_stated(row),
                figure=sure_stock(problem, row),
                edit=partial(_certain, at),
                says=lambda figure: f"{figure}, certain",
            )


def least_confidence(problem: Problem) -> Iterator[Relaxable]:
    """Yield the confidence, where it is stated and some stock is not certain."""
    least = problem.objective.confidence
    if least is None or least <= LEAST_CONFIDENCE:
        return
    if any(_is_uncertain(problem, row) for row in problem.offerings):
        yield Relaxable(
            kind="confidence",
            label="objective.confidence:",
            stated=f"{least:.10g}",
            figure=least,
            edit=_confidence,
            says=lambda figure: f"{figure:.10g}",
        )


def _is_uncertain(problem: Problem, row: Offering) -> bool:
    """Return whether a stock is stated with doubt, or known so long that there is some."""
    if isinstance(row.stock, int):
        return problem.objective.confidence is not None and halvings(problem, row) > 0
    return row.stock is not None


def _stated(row: Offering) -> str:
    """Return a stock as a document writes it, with its age where it is one number."""
    if not isinstance(row.stock, UncertainStock):
        return f"{row.stock}, {row.stock_age_minutes:.10g} minutes old"
    if not row.stock.quantiles:
        return f"{{low: {row.stock.low}, high: {row.stock.high}}}"
    told = ", ".join(f"{share:.10g}: {nodes}" for share, nodes in row.stock.quantiles)
    return f"{{quantiles: {{{told}}}}}"


def _certain(at: int, problem: Problem, figure: Figure | None) -> Problem:
    """Return the problem with a stock that is certain, and known now."""
    return with_part(problem, "offerings", at, stock=figure, stock_age_minutes=0.0)


def _confidence(problem: Problem, figure: Figure | None) -> Problem:
    least = LEAST_CONFIDENCE if figure is None else figure
    terms = problem.objective.model_copy(update={"confidence": least})
    return problem.model_copy(update={"objective": terms})
