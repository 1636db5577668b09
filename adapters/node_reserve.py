"""What a node keeps for itself: the part of its CPU and memory that pods never get."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from placement.quantity import CPU, MEMORY, PODS

__all__ = ["GKE", "Reserve"]

MIB = 2**20
GIB = 2**30
Steps = tuple[tuple[int | None, Fraction], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reserve:
    """A provider's rule for kubelet, system and eviction reserve; change fields to adjust it.

    Parameters
    ----------
    cpu, memory
        Steps of the node's CPU (thousandths of a core) and memory (bytes): how wide each is, and
        the share of it that is kept; the width None stands for all that is above.
    eviction
        Memory kept free before pods are evicted, in bytes.
    agents_cpu, agents_memory
        What node agents (CNI, device plugin, logging) request besides, in thousandths of a core
        and bytes; 0 as shipped, for it differs from fleet to fleet.
    pods
        Pods per node.
    """

    cpu: Steps
    memory: Steps
    eviction: int
    agents_cpu: int = 0
    agents_memory: int = 0
    pods: int = 110

    def allocatable(self, *, vcpus: int, memory: int) -> dict[str, int]:
        """Return what pods can use of a node, by resource, in base units; memory in whole MiB.

        Parameters
        ----------
        vcpus
            Whole cores of the node.
        memory
            Of the node, in bytes.
        """
        cores = vcpus * 1000
        free_cpu = cores - _kept(cores, self.cpu) - self.agents_cpu
        free_memory = memory - _kept(memory, self.memory) - self.eviction - self.agents_memory
        return {CPU: max(free_cpu, 0), MEMORY: max(free_memory // MIB * MIB, 0), PODS: self.pods}


def _kept(amount: int, steps: Iterable[tuple[int | None, Fraction]]) -> int:
    """Return the reserved part of an amount, rounded up to a whole unit."""
    kept, rest = Fraction(0), amount
    for width, share in steps:
        part = rest if width is None else min(rest, width)
        kept += part * share
        rest -= part
    return -(-kept.numerator // kept.denominator)


GKE = Reserve(
    cpu=(
        (1000, Fraction(6, 100)),
        (1000, Fraction(1, 100)),
        (2000, Fraction(5, 1000)),
        (None, Fraction(25, 10_000)),
    ),
    memory=(
        (4 * GIB, Fraction(25, 100)),
        (4 * GIB, Fraction(20, 100)),
        (8 * GIB, Fraction(10, 100)),
        (112 * GIB, Fraction(6, 100)),
        (None, Fraction(2, 100)),
    ),
    eviction=100 * MIB,
)
"""Google Kubernetes Engine's rule, used for every provider: it keeps more memory than EKS's.

Source: GKE documentation, "Plan GKE Standard node sizes", memory and CPU reservations (read
2026-11): CPU 6 % of the first core, 1 % of the next, 0.5 % of the next two, 0.25 % above; memory
25 % of the first 4 GiB, 20 % of the next 4, 10 % of the next 8, 6 % of the next 112, 2 % above;
100 MiB for eviction. Its 255 MiB for machines below 1 GiB are left out: no GPU node is so small.
Pods per node: GKE's default maximum, 110.
"""
