"""Mélange's model: GPUs of several types for requests of several sizes, at the least cost.

The requests of each size (a bucket) come at a rate and are cut into equal slices; a slice takes a
share of a GPU that depends on its type. :class:`placement.Problem` cannot say this: a replica takes
whole units of a node's resources, the same on every type, and stays on one node, while slices take
real shares and may straddle GPUs. So this is a programme of its own, for the library's HiGHS.
Slices of one bucket are alike and therefore counted, not numbered:
min Σ_g c_g n_g with Σ_g z_bg = S and Σ_b a_bg z_bg ≤ n_g, all whole.
"""

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from figures import time_text
from took import Took, median

from placement.formulation.milp import Floats, Milp, Rows
from placement.solver import Limits, Outcome, Status
from placement.solvers.highs import Highs

__all__ = ["DATA", "Allocation", "Instance", "instances", "programme", "solved", "table"]

DATA = Path(__file__).parent / "data" / "melange" / "instances.json"
RUNS = 5  # of which the median is shown
HEAD = (
    "| instance | $/h | bound | proven | seconds | CPU | Mélange's solver $/h | its seconds "
    "| one type alone $/h |\n| --- | ---: | ---: | --- | ---: | ---: | ---: | ---: | ---: |"
)
KILLED = "more than 90 s, killed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """One instance, with what was measured elsewhere.

    Parameters
    ----------
    price
        ``(types,)`` of one GPU per hour.
    usage
        ``(buckets, types)`` the share of a GPU that a slice takes.
    slices
        Of each bucket.
    stored
        Whether its input is kept as it was measured; else it was made again (data/melange).
    peer_cost, peer_seconds
        Of Mélange's own solver; None where it was killed after 90 s.
    measured
        The optimum in those measurements.
    """

    name: str
    types: tuple[str, ...]
    price: Floats
    usage: Floats
    slices: int
    stored: bool
    peer_cost: float | None
    peer_seconds: float | None
    measured: float

    @property
    def one_type(self) -> float:
        """Return the cost of the best type alone, its load rounded up to whole GPUs."""
        load = self.slices * self.usage.sum(axis=0)
        gpus = [math.ceil(round(each, 9)) for each in load.tolist()]
        return float((self.price * gpus).min())


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocation:
    """GPUs of each type, how the search ended, and how far they are loaded."""

    cost: float
    bound: float
    proven: bool
    gpus: dict[str, int]
    load: dict[str, float]


def instances() -> Iterator[Instance]:
    """Yield all instances."""
    data = json.loads(DATA.read_text(encoding="utf-8"))
    for row in data["instances"]:
        gpus = data["profiles"][row["profile"]]
        rates = row["rate"] * np.array(data["distributions"][row["distribution"]]).ravel()
        speeds = np.array([np.array(gpu["tputs"]).ravel() for gpu in gpus.values()]).T
        yield Instance(
            name=row["name"],
            types=tuple(gpus),
            price=np.array([gpu["cost"] for gpu in gpus.values()]),
            usage=rates[:, None] / (row["slices"] * speeds),
            slices=row["slices"],
            stored=row["stored"],
            peer_cost=row["peer"]["cost"],
            peer_seconds=row["peer"]["seconds"],
            measured=row["measured_cost"],
        )


def programme(instance: Instance) -> Milp:
    """Return the programme; its columns are slices by bucket and type, then GPUs by type."""
    buckets, types = instance.usage.shape
    pairs = np.arange(buckets * types)
    bucket, kind = np.divmod(pairs, types)
    each = np.arange(types)
    all_placed = Rows(
        name="slices",
        row=bucket,
        col=pairs,
        coef=np.ones(pairs.size),
        lower=np.full(buckets, float(instance.slices)),
        upper=np.full(buckets, float(instance.slices)),
    )
    enough = Rows(
        name="gpus",
        row=np.concatenate([kind, each]),
        col=np.concatenate([pairs, pairs.size + each]),
        coef=np.concatenate([instance.usage.ravel(), -np.ones(types)]),
        lower=np.full(types, -np.inf),
        upper=np.zeros(types),
    )
    gpus = np.ceil(instance.slices * instance.usage.sum(axis=0))
    return Milp(
        cost=np.concatenate([np.zeros(pairs.size), instance.price]),
        lower=np.zeros(pairs.size + types),
        upper=np.concatenate([np.full(pairs.size, float(instance.slices)), gpus]),
        families=(all_placed, enough),
    )


def solved(instance: Instance, seconds: float = 60.0) -> Allocation:
    """Return the cheapest allocation found; gap 0, one thread."""
    return _read(instance, Highs().solve(programme(instance), Limits(seconds=seconds)))


def table(wrong: list[str]) -> Iterator[str]:
    """Yield a Markdown table of all instances; what costs more than at the peer's to ``wrong``."""
    yield from HEAD.split("\n")
    for instance in instances():
        found, took = median(partial(solved, instance), RUNS)
        if found.cost > min(instance.measured, instance.peer_cost or math.inf) + 1e-6:
            wrong.append(f"melange, {instance.name}: {found.cost} above {instance.measured}")
        yield _row(instance, found, took)


def _row(instance: Instance, found: Allocation, took: Took) -> str:
    peer = "" if instance.peer_cost is None else f"{instance.peer_cost:,.3f}"
    theirs = KILLED if instance.peer_seconds is None else time_text(instance.peer_seconds)
    cells = [
        instance.name + ("" if instance.stored else " *"),
        f"{found.cost:,.3f}",
        f"{found.bound:,.3f}",
        "yes" if found.proven else "no",
        *took.cells,
        peer,
        theirs,
        f"{instance.one_type:,.3f}",
    ]
    return f"| {' | '.join(cells)} |"


def _read(instance: Instance, outcome: Outcome) -> Allocation:
    assert outcome.values is not None
    buckets, types = instance.usage.shape
    slices = outcome.values[: buckets * types].reshape(buckets, types)
    gpus = outcome.values[buckets * types :]
    load = (slices * instance.usage).sum(axis=0)
    return Allocation(
        cost=float(gpus @ instance.price),
        bound=outcome.bound,
        proven=outcome.status is Status.OPTIMAL,
        gpus=dict(zip(instance.types, gpus.tolist(), strict=True)),
        load=dict(zip(instance.types, load.tolist(), strict=True)),
    )
