"""Every error this library raises on purpose.

PlacementError
├── InputError            a problem, plan or document breaks a rule; lists every issue, with paths
│   └── AdapterError      an outside document cannot be translated; names its file
└── SolverError           a backend broke or is missing (never "infeasible": that is an answer)
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches

__all__ = [
    "AdapterError",
    "InputError",
    "Issue",
    "PlacementError",
    "SolverError",
    "nearest",
    "show",
]

_SHOWN_VALUE = 80  # characters of a value that a message repeats


class PlacementError(Exception):
    """Base class: catch this to catch everything the library raises."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """One broken rule of the input.

    Parameters
    ----------
    path
        Where in the document, e.g. ``clusters[0].node_pools[1].max_nodes``.
    rule
        What must hold, as a sentence, with the nearest known name where one was misspelt.
    value
        What stands there instead, shortened; empty when nothing stands there.
    source
        The file, and the number of the document in it if it holds several.
    """

    path: str
    rule: str
    value: str = ""
    source: str = ""

    def __str__(self) -> str:
        """Return ``source: path: rule (got value)``."""
        where = ": ".join(part for part in (self.source, self.path) if part)
        got = f" (got {self.value})" if self.value else ""
        return f"{where}: {self.rule}{got}" if where else f"{self.rule}{got}"

    def at(self, source: str, path: str | None = None) -> "Issue":
        """Return this issue as found in ``source``, under ``path`` if one is given."""
        return replace(self, source=source, path=self.path if path is None else path)


class InputError(PlacementError):
    """The input breaks rules; ``issues`` lists all that were found together."""

    def __init__(self, issues: Iterable[Issue]) -> None:
        self.issues: tuple[Issue, ...] = tuple(issues)
        super().__init__("\n".join(map(str, self.issues)))


class AdapterError(InputError):
    """A document from outside cannot be translated."""


class SolverError(PlacementError):
    """A backend raised or is missing; the original exception is ``__cause__``."""


def show(value: object) -> str:
    """Return ``value`` as a message shows it: quoted, and shortened to a line."""
    text = repr(value)
    return text if len(text) <= _SHOWN_VALUE else f"{text[: _SHOWN_VALUE - 3]}..."


def nearest(name: str, known: Sequence[str] | Iterable[str]) -> str:
    """Return ``; did you mean 'x'?`` for the nearest known name, or an empty string."""
    found = get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f"; did you mean {found[0]!r}?" if found else ""
