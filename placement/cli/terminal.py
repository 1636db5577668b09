"""What the terminal is and wants: NO_COLOR, TERM and COLUMNS are heeded."""

import os
import shutil
import sys
from typing import Literal, TypeAlias

__all__ = ["is_styled", "is_terminal", "width_of"]

Name: TypeAlias = Literal["stdout", "stderr"]


def is_terminal(name: Name) -> bool:
    """Return whether a stream is a terminal that can move its cursor."""
    stream = getattr(sys, name)
    if stream is None or os.environ.get("TERM", "") in {"dumb", "unknown"}:
        return False
    try:
        return bool(stream.isatty())
    except ValueError:  # it is closed
        return False


def is_styled(name: Name) -> bool:
    """Return whether bold and colour may be used; see no-color.org."""
    return is_terminal(name) and not os.environ.get("NO_COLOR")


def width_of(name: Name) -> int | None:
    """Return the columns to keep to: ``COLUMNS``, else the terminal's; None means any number."""
    told = os.environ.get("COLUMNS", "")
    if told.isdecimal() and int(told) > 0:
        return max(20, min(int(told), 10_000))
    return shutil.get_terminal_size().columns if is_terminal(name) else None
