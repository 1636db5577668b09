"""Uncertain stock as a list of what may be there, each with its probability: a second opinion."""

from collections.abc import Mapping
from fractions import Fraction

from placement.problem import Problem
from placement.problem.stock import UncertainStock

__all__ = ["likely", "median", "odds"]


def odds(stock: int | UncertainStock) -> list[tuple[int, Fraction]]:
    """Return every number of nodes that may be there with its probability.

    Between two quantiles the stock is the lower of them; before the first it is 0.
    """
    if isinstance(stock, int):
        return [(stock, Fraction(1))]
    if stock.low is not None and stock.high is not None:
        each = Fraction(1, stock.high - stock.low + 1)
        return [(nodes, each) for nodes in range(stock.low, stock.high + 1)]
    shares = [Fraction(0), *(Fraction(str(share)) for share, _ in stock.quantiles), Fraction(1)]
    figures = [0, *(nodes for _, nodes in stock.quantiles)]
    return [(nodes, shares[at + 1] - shares[at]) for at, nodes in enumerate(figures)]


def there(stock: int | UncertainStock, nodes: int) -> Fraction:
    """Return the probability that so many nodes are there."""
    return sum((share for has, share in odds(stock) if has >= nodes), Fraction(0))


def median(stock: int | UncertainStock) -> int:
    """Return the largest number that is there with a probability of one half."""
    return max(has for has, _ in [*odds(stock), (0, 0)] if there(stock, has) >= Fraction(1, 2))


def likely(problem: Problem, bought: Mapping[int, int]) -> bool:
    """Return whether what is bought of offerings, by position, is all there, likely enough."""
    terms = problem.objective
    if terms.confidence is None:
        return True
    share, halved = Fraction(1), Fraction(0)
    for position, nodes in bought.items():
        row = problem.offerings[position]
        if nodes and row.stock is not None:
            share *= there(row.stock, nodes)
            if terms.stock_half_life_minutes is not None:
                halved += Fraction(str(row.stock_age_minutes)) / Fraction(
                    str(terms.stock_half_life_minutes)
                )
    ratio = share / Fraction(str(terms.confidence))
    return bool(ratio**halved.denominator >= 2**halved.numerator)
