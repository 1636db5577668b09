"""What is said of uncertain stock and changes nothing."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from placement.problem.stock import UncertainStock

if TYPE_CHECKING:
    from placement.problem.problem import Problem

__all__ = ["stock_warnings"]


def stock_warnings(problem: "Problem") -> Iterator[str]:
    """Yield ages, half-lives and confidences that change nothing."""
    terms = problem.objective
    aged = [row for row in problem.offerings if row.stock_age_minutes and row.stock is not None]
    if aged and terms.stock_half_life_minutes is None:
        yield "stock_age_minutes changes nothing without objective.stock_half_life_minutes"
    elif aged and terms.confidence is None:
        yield "stock_age_minutes changes nothing without objective.confidence"
    if terms.stock_half_life_minutes is not None and not aged:
        yield "objective.stock_half_life_minutes changes nothing: no stock states its age"
    uncertain = any(isinstance(row.stock, UncertainStock) for row in problem.offerings)
    decays = bool(aged) and terms.stock_half_life_minutes is not None
    if terms.confidence is not None and not uncertain and not decays:
        yield "objective.confidence changes nothing: every stock is known for certain"
    if any(row.stock_age_minutes and row.stock is None for row in problem.offerings):
        yield "stock_age_minutes changes nothing where an offering states no stock"
