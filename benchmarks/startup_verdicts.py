"""Verdicts of the laws beside what happened."""

from collections import Counter
from collections.abc import Iterable
from typing import get_args

from startup_fits import Sized
from startups import Outcome

from placement.memory import Fits

__all__ = ["VERDICTS", "confusion", "is_wrong", "judged"]

VERDICTS: tuple[Fits, ...] = ("yes", "at-risk", "no", "unknown")

WRONG = {"started": ("no",), "failed for memory": ("yes", "unknown")}
"""Verdicts that a start-up proves wrong; failures for other reasons prove nothing."""


def judged(sized: Iterable[Sized], *, gpu_known: bool = True) -> list[Sized]:
    """Return the start-ups with a verdict, on GPUs that are known or known by their class only."""
    return [
        each
        for each in sized
        if each.found is not None and each.verdict_known and each.gpu_known is gpu_known
    ]


def confusion(sized: Iterable[Sized]) -> dict[str, dict[str, int]]:
    """Return how many start-ups of each outcome got each verdict."""
    seen = Counter((each.start.outcome, each.found.fits) for each in sized if each.found)
    return {end: {fits: seen[end, fits] for fits in VERDICTS} for end in get_args(Outcome)}


def is_wrong(sized: Sized) -> bool:
    """Return whether what happened proves the verdict wrong."""
    if sized.found is None or not sized.verdict_known:
        return False
    return sized.found.fits in WRONG.get(sized.start.outcome, ())
