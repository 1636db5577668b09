"""Where a plan's time goes: each stage's own time, seen from outside the library.

What the library calls its stages with is wrapped while a plan is made; the rest of the time belongs
to the stage that a search last told of. Nothing that a wrapped function gets or returns changes.
"""

import functools
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any
from unittest import mock

__all__ = ["TIMED", "Clocks", "Timed"]

LEAST = 0.05  # seconds of a stage that are worth a line before the end


@dataclass(frozen=True, slots=True)
class Timed:
    """A function whose time is a stage's.

    Parameters
    ----------
    apart
        Whether its time is its own stage's within another one too; else it is the other's.
    """

    stage: str
    module: str
    name: str
    apart: bool = False

    def owner(self) -> tuple[Any, str]:
        """Return what holds the function, and by which name; None where there is no such thing."""
        *path, name = self.name.split(".")
        held: Any = import_module(self.module)
        for part in path:
            held = getattr(held, part, None)
        return (held if hasattr(held, name) else None), name


DECOMPOSITION = "placement.solvers.decomposition"
TIMED = (
    Timed("candidates", "placement.instance", "find_candidates", apart=True),
    Timed("arrays", "placement.place", "make_instance"),
    Timed("greedy", "placement.place", "_greedy"),
    Timed("relaxation", f"{DECOMPOSITION}.strategy", "Relaxation.solve"),
    Timed("rounding", f"{DECOMPOSITION}.strategy", "dived"),
    Timed("improvement", f"{DECOMPOSITION}.strategy", "Improving.run"),
    Timed("proof", f"{DECOMPOSITION}.strategy", "Decomposition._proved"),
    Timed("packing", f"{DECOMPOSITION}.strategy", "Packing.mended", apart=True),
    Timed("packing", f"{DECOMPOSITION}.strategy", "Packing.fills", apart=True),
    Timed("packing", "placement.search", "Packer.fills", apart=True),
    Timed("reading", "placement.place", "read_plan"),
    Timed("verifying", "placement.place", "verify"),
)
"""The stages of a plan; those of one strategy take no time under another one."""


@dataclass(slots=True)
class Clocks:
    """The time of stages, of which one may begin within another: it is the inner one's then.

    Parameters
    ----------
    ended
        Told of a stage and how long it took; of some stages more than once.
    """

    ended: Callable[[str, float], None]
    now: Callable[[], float] = time.perf_counter
    _open: list[str] = field(default_factory=list)
    _since: float = 0.0
    _spent: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time a stage."""
        self._count()
        self._open.append(name)
        try:
            yield
        finally:
            self._count()
            self._say(self._open.pop(), LEAST if self._open else 0.0)
            if not self._open:
                for left in list(self._spent):
                    self._say(left, 0.0)

    def turn(self, name: str) -> None:
        """Let the outermost stage be another one from here on."""
        if name != self._open[0]:
            self._count()
            self._say(self._open[0], LEAST)
            self._open[0] = name

    @contextmanager
    def watching(self, functions: tuple[Timed, ...] = TIMED) -> Iterator[None]:
        """Time functions as their stages, as long as it lasts."""
        with ExitStack() as patches:
            for timed in functions:
                owner, name = timed.owner()
                if owner is not None:
                    wrapped = self._wrapped(timed, getattr(owner, name))
                    patches.enter_context(mock.patch.object(owner, name, wrapped))
            yield

    def _wrapped(self, timed: Timed, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def wrapper(*arguments: Any, **named: Any) -> Any:
            if len(self._open) > 1 and not timed.apart:
                return function(*arguments, **named)
            with self.stage(timed.stage):
                return function(*arguments, **named)

        return wrapper

    def _count(self) -> None:
        now = self.now()
        if self._open:
            self._spent[self._open[-1]] += now - self._since
        self._since = now

    def _say(self, name: str, least: float) -> None:
        if self._spent.get(name, 0.0) >= least:
            self.ended(name, self._spent.pop(name, 0.0))
