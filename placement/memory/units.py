"""Units of memory: everything inside is an integer in bytes, people read GiB."""

from fractions import Fraction

__all__ = ["GIB", "MIB", "gib", "show_gib"]

MIB = 2**20
GIB = 2**30


def gib(amount: float | str) -> int:
    """Return ``amount`` GiB in bytes, rounded down; a string is read as an exact decimal."""
    return int(Fraction(amount) * GIB)


def show_gib(amount: int) -> str:
    """Return bytes as a message shows them, such as ``22.07 GiB``."""
    return f"{amount / GIB:.2f} GiB"
