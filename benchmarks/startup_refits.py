"""Do the fitted constants carry over: refitted without one family or version, tried on it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from startup_errors import KV, groups
from startup_fits import Sized, size, size_all
from startup_laws import LAWS, Constants, Law, Row

from placement.memory import Engine, engine_of

__all__ = ["Refit", "family", "refits", "unseen", "version"]

NEWEST = (0, 19)
"""Last version, major and minor, of which there are enough start-ups to refit everything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refit:
    """A law fitted without a group, and its errors on that group.

    Parameters
    ----------
    left_out
        The family or version that was left out; empty where all were used.
    constants
        As refitted; None where the rest does not tell them apart.
    errors
        Predicted less measured on the group left out, in GiB.
    kv_errors
        The same of the whole KV cache, in %, with the refitted constants in place.
    """

    left_out: str
    count: int
    constants: tuple[float, ...] | None
    errors: tuple[float, ...]
    kv_errors: tuple[float, ...]


def family(sized: Sized) -> str:
    """Return the family of the model that was started."""
    return sized.start.family


def version(sized: Sized) -> str:
    """Return the minor version of the engine, for people."""
    stated = sized.start.engine_version
    return "vLLM {}.{}".format(*stated.split(".")) if stated else "not stated"


def refits(law: Law) -> Iterator[Refit]:
    """Yield the law fitted to all start-ups, then without each family and each version."""
    every = [each for each in _within(law) if law.row(each) is not None]
    yield _refit(law, "", every, every)
    for key in (family, version):
        for name, group in groups(every, key).items():
            outside = [each for each in every if key(each) != name]
            if outside:
                yield _refit(law, name, outside, group)


def unseen(key: Callable[[Sized], str]) -> dict[str, list[float]]:
    """Return the errors of KV GiB, in %, of each group by constants fitted without it.

    Activation and non-torch memory are refitted together, as far as versions up to ``NEWEST`` tell.
    """
    laws = [law for law in LAWS if law.versions[1] == NEWEST]
    last = [each for each in size_all() if each.found and _number(each) == NEWEST]
    found: dict[str, list[float]] = {}
    for name, group in groups(last, key).items():
        engine = engine_of("{}.{}".format(*NEWEST))
        for law in laws:
            constants = _solved(law, [each for each in _within(law) if key(each) != name])
            if law.engine is not None and constants is not None:
                engine = law.engine(engine, constants)
        values = [_kv_error(each, engine) for each in group if each.start.outcome == "started"]
        found[name] = [value for value in values if value is not None]
    return {name: values for name, values in found.items() if values}


def _refit(law: Law, left_out: str, used: Sequence[Sized], group: Sequence[Sized]) -> Refit:
    constants = _solved(law, used)
    if constants is None:
        return Refit(left_out=left_out, count=len(group), constants=None, errors=(), kv_errors=())
    rows = [row for each in group if (row := law.row(each)) is not None]
    kv_errors: list[float | None] = []
    if law.engine is not None:
        engines = [law.engine(engine_of(each.start.engine_version), constants) for each in group]
        kv_errors = [_kv_error(*pair) for pair in zip(group, engines, strict=True)]
    return Refit(
        left_out=left_out,
        count=len(group),
        constants=tuple(float(value) for value in constants),
        errors=tuple(float(np.array(row) @ constants) - seen for row, seen in rows),
        kv_errors=tuple(error for error in kv_errors if error is not None),
    )


def _solved(law: Law, used: Sequence[Sized]) -> Constants | None:
    """Return the constants by least squares, or None where these do not tell them apart."""
    rows: list[Row] = [row for each in used if (row := law.row(each)) is not None]
    seen = np.array([value for _, value in rows])
    found, _, rank, _ = np.linalg.lstsq(np.array([row for row, _ in rows]), seen, rcond=None)
    return found if rank == len(law.names) else None


def _kv_error(sized: Sized, engine: Engine) -> float | None:
    return KV.error(size(sized.start, engine=engine))


def _within(law: Law) -> list[Sized]:
    sized = (each for each in size_all() if each.found and each.start.outcome == "started")
    return [each for each in sized if law.versions[0] <= _number(each) <= law.versions[1]]


def _number(sized: Sized) -> tuple[int, int]:
    major, minor = (sized.start.engine_version or "0.0").split(".")[:2]
    return int(major), int(minor)
