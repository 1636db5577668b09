"""The benchmarks' figures as Markdown: a column for each size, a row for each stage."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

__all__ = ["Figure", "markdown", "time_text"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One measurement.

    Parameters
    ----------
    value
        Seconds, or MiB where ``stage`` is ``peak memory``.
    note
        What else was seen.
    """

    size: str
    stage: str
    value: float
    note: str = ""

    @property
    def text(self) -> str:
        """Return the value with its unit."""
        return f"{self.value:.0f} MiB" if self.stage == "peak memory" else time_text(self.value)


def time_text(seconds: float) -> str:
    """Return seconds or milliseconds, three digits."""
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1000:.3g} ms"


def markdown(figures: Sequence[Figure]) -> Iterator[str]:
    """Yield a table of all figures, what the arrays cost of the solving, and the notes."""
    sizes = list(dict.fromkeys(figure.size for figure in figures))
    found = {(figure.stage, figure.size): figure for figure in figures}
    yield _row(["stage", *sizes])
    yield _row(["---", *["---:"] * len(sizes)])
    for stage in dict.fromkeys(figure.stage for figure in figures):
        cells = (found.get((stage, size)) for size in sizes)
        yield _row([stage, *(cell.text if cell else "" for cell in cells)])
    for whole in ("solve", "levels"):
        yield _row([f"arrays / {whole}", *(_share(found, size, whole) for size in sizes)])
    yield ""
    yield from (f"- {f.size} {f.stage}: {f.note}" for f in figures if f.note)


def _share(found: dict[tuple[str, str], Figure], size: str, whole: str) -> str:
    arrays, other = found.get(("arrays", size)), found.get((whole, size))
    return f"{arrays.value / other.value:.2%}" if arrays and other else ""


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
