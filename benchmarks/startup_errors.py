"""Errors of the laws on start-ups, and what they come to."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from operator import attrgetter

import numpy as np
from startup_fits import Sized

from placement.memory.units import GIB

__all__ = [
    "KV",
    "QUANTITIES",
    "TARGETS",
    "Error",
    "Quantity",
    "Summary",
    "errors",
    "groups",
    "summary",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """Something that logs measure and the laws predict.

    Parameters
    ----------
    name
        For people.
    measured
        Its key in a start-up.
    predicted
        Field of what the laws say, in bytes or tokens.
    unit
        ``%`` of what was measured, or ``GiB``.
    needs_gpu
        Whether it follows from the memory of the GPU.
    """

    name: str
    measured: str
    predicted: str
    unit: str = "%"
    needs_gpu: bool = True

    def error(self, sized: Sized) -> float | None:
        """Return predicted less measured, or None where either is missing."""
        if sized.found is None or (self.needs_gpu and not sized.gpu_known):
            return None
        start = sized.start
        is_size = self.measured.endswith("_gib")
        seen = start.bytes_of(self.measured) if is_size else start.measured.get(self.measured)
        if not seen:
            return None
        said: float = attrgetter(self.predicted)(sized.found)
        return (said - seen) / GIB if self.unit == "GiB" else 100 * (said / seen - 1)


QUANTITIES = (
    Quantity(name="weights", measured="weights_gib", predicted="weights", needs_gpu=False),
    Quantity(name="KV GiB", measured="kv_gib", predicted="kv"),
    Quantity(name="KV tokens", measured="kv_tokens", predicted="kv_tokens"),
    Quantity(name="concurrency", measured="max_concurrency", predicted="max_concurrency"),
    Quantity(name="activation", measured="activation_gib", predicted="activation", unit="GiB"),
    Quantity(name="non-torch", measured="non_torch_gib", predicted="non_torch", unit="GiB"),
    Quantity(name="graphs", measured="cuda_graph_gib", predicted="cuda_graph", unit="GiB"),
)

KV = QUANTITIES[1]

TARGETS = {"weights": (0.5, 2.0), "KV GiB": (0.5, 3.0), "KV tokens": (0.5, 3.0)}
"""Median and 90th percentile of the absolute error, in %, stated before the laws were written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Error:
    """The signed error of one quantity at one start-up."""

    sized: Sized
    quantity: Quantity
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """Errors of one quantity in a group of start-ups.

    Parameters
    ----------
    mean, median, p90
        Of the absolute error; the 90th percentile is one that occurs, never one between two.
    bias
        Median of the signed error.
    worst
        The largest by its absolute value.
    """

    count: int
    mean: float
    median: float
    p90: float
    bias: float
    worst: Error


def errors(sized: Iterable[Sized], quantity: Quantity) -> list[Error]:
    """Return the errors of the start-ups that started and have the quantity."""
    found = ((each, quantity.error(each)) for each in sized if each.start.outcome == "started")
    return [
        Error(sized=each, quantity=quantity, value=value)
        for each, value in found
        if value is not None and (quantity.name != "graphs" or each.start.measured[GRAPHS] > 0)
    ]


GRAPHS = "cuda_graph_gib"  # 0.11 measured memory given back: less than nothing


def summary(found: Sequence[Error]) -> Summary | None:
    """Return what errors come to, or None without any."""
    if not found:
        return None
    signed = np.array([error.value for error in found])
    size = np.abs(signed)
    return Summary(
        count=len(found),
        mean=float(size.mean()),
        median=float(np.median(size)),
        p90=float(np.percentile(size, 90, method="higher")),
        bias=float(np.median(signed)),
        worst=found[int(size.argmax())],
    )


def groups(sized: Iterable[Sized], key: Callable[[Sized], str]) -> dict[str, tuple[Sized, ...]]:
    """Return the start-ups by a key, in the order of the keys."""
    found: dict[str, tuple[Sized, ...]] = {}
    for each in sized:
        found[key(each)] = (*found.get(key(each), ()), each)
    return dict(sorted(found.items(), key=lambda item: _natural(item[0])))


def _natural(name: str) -> list[int | str]:
    """Return a key by which 0.9 comes before 0.11."""
    return [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", name)]
