"""GPU memory as people read it: a table, bars, why not, what would help, what was assumed."""

import textwrap
from collections.abc import Iterable, Iterator, Sequence

from placement.cli.fit_answers import Answer
from placement.cli.fit_bars import bars_of
from placement.cli.fit_parts import bar_of, replica
from placement.cli.streams import printable
from placement.cli.tables import Table, render
from placement.cli.terminal import is_styled, width_of
from placement.memory import MemoryFit
from placement.memory.units import GIB

__all__ = ["fit_text"]

_MEMORY = ("GPUs", "fits", ">total", ">weights", ">activ.", ">overh.", ">KV")
_CACHE = (">KV tokens", ">at once", ">longest")
_GAP = 2  # between columns


def fit_text(answers: Sequence[Answer], *, bars: bool) -> str:
    """Return the answers as text for standard output, model by model.

    Parameters
    ----------
    bars
        Whether a bar is drawn for every GPU.
    """
    texts = []
    for model in dict.fromkeys(answer.fit.model for answer in answers):
        rows = [answer for answer in answers if answer.fit.model == model]
        fits = [row.fit for row in rows]
        texts.append(render(_tables(model, fits)))
        if bars:
            texts.append(f"\n{bars_of(fits)}")
        reasons = [f"{f.gpu}: {reason}" for f in fits for reason in f.reasons]
        texts.append(_list("Why not", reasons))
        texts.append(
            _list("What would make it fit (one of these, the cheapest first)", _help(rows))
        )
        texts.append(_list("Assumed", _assumed(fits)))
    return "".join(texts)


def _tables(model: str, fits: Sequence[MemoryFit]) -> Iterator[Table]:
    """Yield one table, or two where one would be wider than the terminal."""
    lengths = ", ".join(f"{n:,}" for n in dict.fromkeys(fit.max_model_len for fit in fits))
    title, held = f"{model}: GiB per GPU", f"requests of {lengths} tokens"
    rows = [_cells(fit) for fit in fits]
    columns = zip((*_MEMORY, *_CACHE), *rows, strict=True)
    wide = sum(max(len(cell.removeprefix(">")) for cell in column) + _GAP for column in columns)
    width = width_of("stdout")
    if width is None or wide - _GAP <= width:
        yield Table(title=f"{title}; {held}", columns=(*_MEMORY, *_CACHE), rows=rows)
        return
    yield Table(title=title, columns=_MEMORY, rows=[row[: len(_MEMORY)] for row in rows])
    cache = [(row[0], *row[len(_MEMORY) :]) for row in rows]
    yield Table(title=f"{model}: {held}", columns=("GPUs", *_CACHE), rows=cache)


def _cells(fit: MemoryFit) -> tuple[str, ...]:
    weights, activation, overhead, kv, _ = bar_of(fit).sizes
    return (
        *(replica(fit), fit.fits),
        *(f"{part / GIB:.2f}" for part in (fit.total, weights, activation, overhead, kv)),
        *(f"{fit.kv_tokens:,}", f"{fit.max_concurrency:.2f}", f"{fit.longest_context:,}"),
    )


def _help(rows: Iterable[Answer]) -> Iterator[str]:
    """Yield each card's changes; cards that no single change helps are told together."""
    helpless = []
    for row in rows:
        if row.fit.fits == "yes":
            continue
        changes = [f"{change.flag} ({change.text})" for change in row.advice]
        if changes:
            yield f"{row.fit.gpu}: {'; or '.join(changes)}"
        else:
            helpless.append(row.fit.gpu)
    if helpless:
        yield f"no change of a single flag: {', '.join(dict.fromkeys(helpless))}"


def _assumed(fits: Sequence[MemoryFit]) -> Iterator[str]:
    """Yield each assumption once, with the cards that it concerns where those are not all."""
    cards: dict[str, list[str]] = {}
    for fit in fits:
        for text in fit.assumed:
            cards.setdefault(text, []).append(fit.gpu)
    for text, gpus in cards.items():
        concerned = "" if len(gpus) == len(fits) else f"{', '.join(gpus)}: "
        yield f"{concerned}{text}"


def _list(title: str, lines: Iterable[str]) -> str:
    """Return a title and lines under it, each once, wrapped where the terminal has an end."""
    once = [printable(line) for line in dict.fromkeys(lines)]
    if not once:
        return ""
    width = width_of("stdout")
    head = f"\x1b[1m{title}:\x1b[0m" if is_styled("stdout") else f"{title}:"
    shown = [f"  - {line}" if width is None else _wrapped(line, width) for line in once]
    return "\n".join(["", head, *shown, ""])


def _wrapped(line: str, width: int) -> str:
    return textwrap.fill(
        line,
        width,
        initial_indent="  - ",
        subsequent_indent="    ",
        break_on_hyphens=False,
    )
