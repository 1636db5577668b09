"""Texts that a command writes into pages that people write."""

from collections.abc import Iterable
from pathlib import Path

__all__ = ["BEGIN", "END", "write"]

BEGIN = "<!-- From here on as python -m benchmarks writes it. -->"
END = "<!-- Up to here. -->"


def write(path: Path, lines: Iterable[str]) -> None:
    """Write lines between the marks of a page; a page without them is the lines alone."""
    text = "\n".join(lines).strip("\n")
    page = path.read_text(encoding="utf-8") if path.exists() else ""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if begin and end:
        text = f"{before}{BEGIN}\n\n{text}\n\n{END}{after}"
    else:
        text += "\n"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
