"""How much one document may hold, so that reading it takes bounded time and memory.

The bounds are this library's own: far above any fleet written down (10,000 nodes are about 150,000
values), far below what hurts a machine.
"""

import math
import re

__all__ = ["MOST_DEPTH", "MOST_FILES", "MOST_ISSUES", "MOST_VALUES", "integer", "number"]

MOST_DEPTH = 100  # mappings and lists inside one another
MOST_FILES = 10_000  # in all folders given
MOST_ISSUES = 50  # that one file is searched for before reading it ends
MOST_VALUES = 2_000_000  # in one file, with every YAML alias counted at its full size

_MOST_DIGITS = 100  # of an integer; Python's own conversion stops at 4,300
_RADIX = {"0x": 16, "0o": 8, "0b": 2}
_INTEGER = re.compile(r"[-+]?(?:0x[0-9a-fA-F]+|0o[0-7]+|0b[01]+|0|[1-9][0-9_]*)")
_OCTAL = re.compile(r"[-+]?0[0-7]+")


def integer(text: str) -> int | None:
    """Return ``text`` as an integer, or None where it is written as none.

    Raises
    ------
    ValueError
        When it has more than a hundred digits.
    """
    octal = _OCTAL.fullmatch(text)
    if not octal and not _INTEGER.fullmatch(text):
        return None
    if len(text) > _MOST_DIGITS:
        raise ValueError(f"a whole number must not have more than {_MOST_DIGITS} digits")
    digits = text.replace("_", "").lower()
    sign = -1 if digits.startswith("-") else 1
    digits = digits.lstrip("+-")
    radix = _RADIX.get(digits[:2], 8 if octal else 10)
    return sign * int(digits, radix)


def number(text: str) -> float:
    """Return a decimal number.

    Raises
    ------
    ValueError
        When it is too large for a double, and so would be infinite.
    """
    value = float(text.replace("_", ""))
    if not math.isfinite(value):
        raise ValueError("a number must be finite and below 1.8e308")
    return value
