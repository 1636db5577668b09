"""How likely it is that everything a plan buys is there, exactly and as whole numbers for rows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from fractions import Fraction

import numpy as np

from placement.formulation.milp import Ints
from placement.problem import Offering, Problem
from placement.problem.stock import UncertainStock

__all__ = [
    "Chance",
    "Confidence",
    "Cover",
    "confidence_of",
    "halvings",
    "reaches",
    "stock_bound",
    "sure_stock",
]

EXACT = Context(prec=50)
"""Digits for powers and logarithms: two probabilities that differ at all in documents of 17-digit
figures differ far before the fiftieth, and equal ones are compared as fractions."""

WHOLE = 2**16
"""The risk that is allowed, in units of the rows. What rows say too coarsely, covers rule out."""


def halvings(problem: Problem, row: Offering) -> Fraction:
    """Return how often the worth of what is known of a stock has halved since it was known."""
    half_life = problem.objective.stock_half_life_minutes
    if half_life is None:
        return Fraction(0)
    return Fraction(str(row.stock_age_minutes)) / Fraction(str(half_life))


def reaches(share: Fraction, halved: Fraction, least: Fraction) -> bool:
    """Return whether ``share * 2 ** -halved`` is at least ``least``."""
    if halved.denominator == 1:
        return bool(share >= least * 2 ** int(halved))
    doubled: Decimal = EXACT.power(Decimal(2), _decimal(halved))
    return _decimal(share / least) >= doubled  # irrational, so never equal


def _decimal(number: Fraction) -> Decimal:
    return EXACT.divide(Decimal(number.numerator), Decimal(number.denominator))


def stock_bound(problem: Problem, row: Offering) -> int | None:
    """Return the most nodes that a plan may buy from an offering, looked at alone."""
    if problem.objective.confidence is None or row.stock is None:
        return row.certain_stock
    least, halved = Fraction(str(problem.objective.confidence)), halvings(problem, row)
    if isinstance(row.stock, UncertainStock):
        return row.stock.most_with(lambda share: reaches(share, halved, least))
    return row.stock if reaches(Fraction(1), halved, least) else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Chance:
    """An offering whose stock is not certain, and the levels up to which a plan may buy from it.

    Parameters
    ----------
    label
        The offering in words.
    supply
        ``(n,)`` the supplies that are bought from it.
    sure
        Nodes that are there for certain.
    nodes, share
        ``(L,)`` further levels, ascending, and the probability of each but for the age.
    halved
        How often the age has halved every probability; whatever is bought.
    """

    label: str
    supply: Ints
    sure: int
    nodes: tuple[int, ...]
    share: tuple[Fraction, ...]
    halved: Fraction

    def level(self, n: Ints) -> int:
        """Return the first level that covers what is bought; -1 where that is sure."""
        bought = int(n[self.supply].sum())
        if bought <= self.sure:
            return -1
        return next((at for at, most in enumerate(self.nodes) if most >= bought), len(self.nodes))


@dataclass(frozen=True, slots=True)
class Cover:
    """Offerings (by number) and levels that are too risky together; higher levels are, too."""

    members: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Confidence:
    """The offerings that are not certain, and how likely all purchases have to be."""

    least: Fraction = Fraction(0)
    chances: tuple[Chance, ...] = ()

    @property
    def levels(self) -> int:
        """Return the number of levels of all offerings together."""
        return sum(len(chance.nodes) for chance in self.chances)

    def chosen(self, n: Ints) -> Ints:
        """Return ``(levels,)`` 1 for the level that each offering is bought up to."""
        found = [np.zeros(0, dtype=np.int64)]
        for chance in self.chances:
            at = chance.level(n)
            found.append((np.arange(len(chance.nodes)) == at).astype(np.int64))
        return np.concatenate(found)

    def cover(self, n: Ints) -> Cover | None:
        """Return purchases of a plan that are too risky together; None where it is safe."""
        bought = [(at, chance.level(n)) for at, chance in enumerate(self.chances)]
        members = [(at, level) for at, level in bought if level >= 0]
        if not self._risky(members):
            return None
        for member in sorted(members, key=self._share, reverse=True):  # the surest may not matter
            fewer = [other for other in members if other != member]
            members = fewer if self._risky(fewer) else members
        return Cover(tuple(members))

    def says(self, mine: Ints, n: Ints) -> Iterator[str]:
        """Yield the offerings of some supplies of which one node more would be too risky."""
        for chance in self.chances:
            use = np.intersect1d(mine, chance.supply)
            if use.size:
                more = n.copy()
                more[use[0]] += 1
                if chance.level(more) < len(chance.nodes) and self.cover(more) is not None:
                    yield (
                        f"confidence: with one node more of {chance.label}, all that is bought is "
                        f"there with a probability below {float(self.least):g}"
                    )

    def _share(self, member: tuple[int, int]) -> Fraction:
        chance, level = self.chances[member[0]], member[1]
        return chance.share[level] if level < len(chance.share) else Fraction(0)

    def _risky(self, members: Sequence[tuple[int, int]]) -> bool:
        share, halved = Fraction(1), Fraction(0)
        for member in members:
            share *= self._share(member)
            halved += self.chances[member[0]].halved
        return not reaches(share, halved, self.least)

    def risks(self) -> Ints:
        """Return ``(levels,)`` the risk of each level: -log of its probability, rounded down.

        In units of which ``WHOLE`` are allowed, so that no safe plan is lost.
        """
        allowed = -_decimal(self.least).ln(EXACT)
        found = []
        for chance in self.chances:
            aged = _decimal(chance.halved) * Decimal(2).ln(EXACT)
            for share in chance.share:
                risk = (aged - _decimal(share).ln(EXACT)) / allowed
                found.append(min(WHOLE, int(risk * WHOLE)))
        return np.array(found, dtype=np.int64)


def confidence_of(
    problem: Problem, members: Sequence[tuple[Offering, Ints]], most: Ints
) -> Confidence:
    """Return the uncertain offerings of a problem that asks for a confidence.

    Parameters
    ----------
    members
        Offerings with a stock, and the supplies ``(n,)`` that are bought from each.
    most
        ``(S,)`` the most nodes of each supply that can be of use.
    """
    if problem.objective.confidence is None:
        return Confidence()
    least = Fraction(str(problem.objective.confidence))
    found = []
    for row, supply in members:
        halved = halvings(problem, row)
        sure = sure_stock(problem, row)
        levels = list(_levels(row, sure, int(most[supply].sum()), halved, least))
        if levels:
            nodes, share = zip(*levels, strict=True)
            found.append(
                Chance(
                    label=row.describe(),
                    supply=supply,
                    sure=sure,
                    nodes=nodes,
                    share=share,
                    halved=halved,
                )
            )
    return Confidence(least=least, chances=tuple(found))


def sure_stock(problem: Problem, row: Offering) -> int:
    """Return the nodes that count as there whatever is bought besides, 0 of a stock not stated.

    Those that are there for certain, none of an old stock; without a confidence the median.
    """
    if problem.objective.confidence is None:
        return row.certain_stock or 0
    if halvings(problem, row):
        return 0
    if isinstance(row.stock, UncertainStock):
        return row.stock.most_with(lambda share: share >= 1)
    return row.stock or 0


def _levels(
    row: Offering, sure: int, most: int, halved: Fraction, least: Fraction
) -> Iterator[tuple[int, Fraction]]:
    """Yield the levels above what is sure that a plan can need and a confidence allows."""
    stock = row.stock if isinstance(row.stock, UncertainStock) else None
    number = row.stock if isinstance(row.stock, int) else 0
    if sure >= most:
        return
    for nodes in (number,) if stock is None else stock.steps(sure + 1):
        share = Fraction(1) if stock is None else stock.chance(nodes)
        if nodes <= sure or not reaches(share, halved, least):
            return
        yield nodes, share
        if nodes >= most:
            return
