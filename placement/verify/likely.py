"""How likely a stock has so many nodes, read from what the problem says of it.

A range makes every whole number in it equally likely. A quantile says that the stock falls below
its figure with a probability of its share at most, so that the figure is there with the rest.
"""

from decimal import Decimal, localcontext
from fractions import Fraction

from placement.problem import Offering, Problem

__all__ = ["certain", "halved_times", "has", "holds", "most"]

DIGITS = 50  # of the powers of two that ages make; documents have 17


def has(row: Offering, nodes: int) -> Fraction:
    """Return the probability that an offering has so many nodes, whatever the age."""
    stock = row.stock
    if stock is None or nodes <= 0:
        return Fraction(1)
    if isinstance(stock, int):
        return Fraction(int(nodes <= stock))
    if stock.low is not None and stock.high is not None:
        there = stock.high - max(nodes, stock.low) + 1
        return Fraction(max(0, there), stock.high - stock.low + 1)
    falls_below = [Fraction(str(share)) for share, figure in stock.quantiles if nodes <= figure]
    return 1 - min(falls_below, default=Fraction(1))


def certain(row: Offering) -> int | None:
    """Return the stock as one number: the most that is there with a probability of one half."""
    return _most(row, Fraction(1, 2))


def most(row: Offering) -> int | None:
    """Return the most nodes that may be there at all."""
    return _most(row, None)


def _most(row: Offering, least: Fraction | None) -> int | None:
    """Return the most nodes that are there as likely; None asks for any probability."""
    stock = row.stock
    if stock is None or isinstance(stock, int):
        return stock
    if stock.low is not None and stock.high is not None:
        count = stock.high - stock.low + 1
        return stock.high if least is None else stock.high + 1 - -(-count * least // 1)
    figures = [figure for _, figure in stock.quantiles]
    return max((f for f in figures if has(row, f) and has(row, f) >= (least or 0)), default=0)


def halved_times(problem: Problem, row: Offering) -> Fraction:
    """Return how many half-lives old what is known of an offering's stock is."""
    half_life = problem.objective.stock_half_life_minutes
    if half_life is None:
        return Fraction(0)
    return Fraction(str(row.stock_age_minutes)) / Fraction(str(half_life))


def holds(share: Fraction, halved: Fraction, least: Fraction) -> bool:
    """Return whether ``share * 2 ** -halved >= least``; where the power is whole, exactly.

    Where it is not it is irrational, so that the two sides are never equal.
    """
    if halved.denominator == 1:
        return share * Fraction(1, 2 ** int(halved)) >= least
    with localcontext(prec=DIGITS):
        power = Decimal(2) ** (Decimal(halved.numerator) / Decimal(halved.denominator))
        return Decimal(share.numerator) / Decimal(share.denominator) >= power * (
            Decimal(least.numerator) / Decimal(least.denominator)
        )
