"""What is going on, on standard error: one live line on a terminal, else a line now and then."""

import math
from typing import TYPE_CHECKING, Any, Protocol

from placement.cli.streams import printable, say
from placement.cli.terminal import is_terminal, width_of
from placement.cli.words import money, percent

if TYPE_CHECKING:
    from placement.place import Progress

__all__ = ["Line", "State", "make_line", "progress_text"]

_SILENT = 1.0  # seconds that pass before anything is shown
_EVERY = 5.0  # seconds between two plain lines

_MONEY = ("money", "relaxation", "rounding", "improvement", "proof")  # stages told in money

_COUNTED = {
    "placed": "replicas left out",
    "nodes": "nodes",
    "clusters": "clusters used",
    "names": "order of names",
}


class State(Protocol):
    """What a line shows."""

    stage: str
    progress: "Progress | None"
    currency: str

    @property
    def seconds(self) -> float:
        """Return the seconds since the work began."""
        ...


class Line(Protocol):
    """Where progress is shown."""

    def show(self, state: State) -> None:
        """Show where the work is; called every tenth of a second."""
        ...

    def note(self, text: str) -> None:
        """Say something besides."""
        ...

    def close(self) -> None:
        """Leave the terminal as it was."""
        ...


def make_line(*, quiet: bool) -> Line:
    """Return the kind of line that suits standard error."""
    if quiet:
        return _Silent()
    return _Live() if is_terminal("stderr") else _Plain()


def progress_text(state: State) -> str:
    """Return where the work is: seconds, stage, best value, bound and gap."""
    told = state.progress
    head = f"{state.seconds:.0f} s  {state.stage}"
    if told is None:
        return head
    money_like = told.stage in _MONEY
    known = _is_known(told.best) and _is_known(told.bound)
    best, bound = (_value(v, money_like=money_like) for v in (told.best, told.bound))
    what = _COUNTED.get(told.stage, "value")
    if money_like:
        part = "" if told.stage == "money" else f"{told.stage}, "
        what = f"{part}cost in {state.currency} per hour"
    gap = percent(told.gap) if known else "unknown"
    return f"{head}: {what}: best {best}, bound {bound}, gap {gap}"


def _is_known(value: float) -> bool:
    """Return whether a value is one: backends' infinity may be a large number."""
    return math.isfinite(value) and abs(value) < 1e15


def _value(value: float, *, money_like: bool) -> str:
    if not _is_known(value):
        return "none yet"
    return money(value) if money_like else f"{value:,.0f}"


class _Silent:
    def show(self, state: State) -> None:
        """Show nothing."""

    def note(self, text: str) -> None:
        say(text)

    def close(self) -> None:
        """Nothing was shown."""


class _Plain:
    """A line every few seconds, for logs."""

    def __init__(self) -> None:
        self._next = _SILENT

    def show(self, state: State) -> None:
        if state.seconds >= self._next:
            self._next = state.seconds + _EVERY
            say(progress_text(state))

    def note(self, text: str) -> None:
        say(text)

    def close(self) -> None:
        """Lines stay."""


class _Live:
    """One line that is drawn over and over, and gone at the end."""

    def __init__(self) -> None:
        self._live: Any = None
        self._shown = ""

    def show(self, state: State) -> None:
        if state.seconds < _SILENT:
            return
        from rich.text import Text

        text = printable(progress_text(state))
        if text == self._shown:
            return
        if self._live is None:
            self._live = self._started()
        self._shown = text
        self._live.update(Text(text, no_wrap=True, overflow="ellipsis"), refresh=True)

    def note(self, text: str) -> None:
        if self._live is None:
            say(text)
        else:
            self._live.console.print(text, markup=False, highlight=False)

    def close(self) -> None:
        if self._live is not None:
            self._live.stop()

    def _started(self) -> Any:
        from rich.console import Console
        from rich.live import Live

        console = Console(stderr=True, width=width_of("stderr"), highlight=False)
        live = Live(console=console, transient=True, auto_refresh=False)
        live.start()
        return live
