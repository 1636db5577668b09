"""Alibaba's GPU cluster trace of 2023 (openb): pods that may share a GPU, nodes with several."""

import csv
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

__all__ = ["DATA", "GPU", "Kind", "Placed", "Shape", "Trace", "read", "sampled", "taken"]

DATA = Path(__file__).parent / "data" / "openb"
GPU = 1000  # thousandths, in which pods ask for a share of a GPU


class Shape(NamedTuple):
    """What a pod asks for: whole GPUs, or of one GPU the share ``milli``; MiB of memory."""

    gpus: int
    milli: int
    cpu_milli: int
    memory: int

    @property
    def share(self) -> int:
        """Return the thousandths of a GPU that it shares with others; 0: it shares none."""
        return self.milli if self.gpus == 1 and self.milli < GPU else 0

    @property
    def whole(self) -> int:
        """Return the GPUs that it has to itself."""
        return 0 if self.share else self.gpus

    @property
    def gpu_milli(self) -> int:
        """Return all that it takes of GPUs, in thousandths of one."""
        return self.share or self.gpus * GPU


class Kind(NamedTuple):
    """What a node has."""

    model: str
    gpus: int
    cpu_milli: int
    memory: int


class Placed(NamedTuple):
    """A pod on a node and on these of its GPUs, all by their number."""

    pod: int
    node: int
    gpus: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Trace:
    """Pods in the order of their arrival, and the nodes of the cluster."""

    pods: tuple[Shape, ...]
    nodes: tuple[Kind, ...]

    @property
    def gpu_milli(self) -> int:
        """Return what all nodes have of GPUs, in thousandths of one."""
        return sum(node.gpus for node in self.nodes) * GPU


def read() -> Trace:
    """Return the default list of pods and the nodes."""
    pods = (
        Shape(int(row["num_gpu"]), int(row["gpu_milli"]), *_room(row)) for row in _rows("pods.csv")
    )
    nodes = (Kind(row["model"], int(row["gpu"]), *_room(row)) for row in _rows("nodes.csv"))
    return Trace(tuple(pods), tuple(nodes))


def sampled(trace: Trace, load: float, seed: int) -> Trace:
    """Return a trace of pods drawn with replacement until they ask for ``load`` of all GPUs."""
    draw, drawn, asked = random.Random(seed), list[Shape](), 0
    while asked < load * trace.gpu_milli:
        drawn.append(draw.choice(trace.pods))
        asked += drawn[-1].gpu_milli
    return Trace(tuple(drawn), trace.nodes)


def taken(trace: Trace, placed: Sequence[Placed]) -> int:
    """Return the thousandths of GPUs that placed pods take."""
    return sum(trace.pods[row.pod].gpu_milli for row in placed)


def _room(row: dict[str, str]) -> tuple[int, int]:
    return int(row["cpu_milli"]), int(row["memory_mib"])


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)
