"""The nearest fractions of small numbers on either side of one."""

from fractions import Fraction

__all__ = ["above", "below"]


def below(share: Fraction, most: int) -> Fraction:
    """Return the largest fraction up to ``share`` whose denominator is ``most`` at most.

    Of p replicas up to ``most``, whole ones within ``share`` and within it are the same: that
    many over p is such a fraction.
    """
    return min(_neighbours(share, most))


def above(share: Fraction, most: int) -> Fraction:
    """Return the least fraction from ``share`` on whose denominator is ``most`` at most."""
    return max(_neighbours(share, most))


def _neighbours(share: Fraction, most: int) -> tuple[Fraction, Fraction]:
    """Return the neighbours of a number in the Farey sequence, by its continued fraction."""
    if share.denominator <= most:
        return share, share
    p0, q0, p1, q1 = 0, 1, 1, 0
    top, bottom = share.numerator, share.denominator
    while True:
        whole = top // bottom
        if q0 + whole * q1 > most:
            break
        p0, q0, p1, q1 = p1, q1, p0 + whole * p1, q0 + whole * q1
        top, bottom = bottom, top - whole * bottom
    steps = (most - q0) // q1
    return Fraction(p0 + steps * p1, q0 + steps * q1), Fraction(p1, q1)
