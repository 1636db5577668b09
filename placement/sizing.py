"""How many GPUs a replica of a workload needs on an instance type."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Generic, TypeVar

import numpy as np

from placement.formulation.milp import Ints
from placement.memory import MemoryFit, accepted, advice, smallest_fit
from placement.memory.catalog_fit import fit_catalog
from placement.problem import Gpu, InstanceType, Model, Problem, Serving, Workload
from placement.problem.catalog import USUAL_GPU
from placement.quantity import PODS

__all__ = ["Sizing", "gpu_resources"]

T = TypeVar("T", bound=Hashable)


class _Numbers(Generic[T]):
    """Numbers for things that are equal, in the order in which they come."""

    def __init__(self) -> None:
        self._known: dict[T, int] = {}
        self._next = count()

    def of(self, thing: T) -> int:
        """Return the number of a thing, no other's whichever thread asks."""
        number = self._known.get(thing)
        return self._known.setdefault(thing, next(self._next)) if number is None else number

    @property
    def things(self) -> list[T]:
        """Return all that have a number."""
        return list(self._known)


def gpu_resources(problem: Problem) -> frozenset[str]:
    """Return the names under which GPUs are counted, also on nodes whose type is not known."""
    return frozenset(kind.gpu.resource for kind in problem.instance_types if kind.gpu) | {USUAL_GPU}


@dataclass(frozen=True, slots=True)
class Sizing:
    """Sizes workloads on instance types, each need once; without a model, GPUs are as asked.

    What a whole problem needs is worked out at once, as arrays; reasons only where they are asked.
    """

    resources: frozenset[str]
    _counts: Ints = field(
        default_factory=lambda: np.zeros((0, 0), dtype=np.int64), compare=False, repr=False
    )
    """``(needs, cards)`` GPUs per replica, 0 where none will do."""
    _needs: _Numbers[tuple[Model, Serving]] = field(
        default_factory=_Numbers, compare=False, repr=False
    )
    _cards: _Numbers[Gpu] = field(default_factory=_Numbers, compare=False, repr=False)
    _asking: dict[str, tuple[Workload, int]] = field(
        default_factory=dict, compare=False, repr=False
    )
    _offered: dict[str, tuple[InstanceType, int]] = field(
        default_factory=dict, compare=False, repr=False
    )
    _known: dict[tuple[int, int], MemoryFit] = field(
        default_factory=dict, compare=False, repr=False
    )
    _advised: dict[tuple[object, ...], tuple[str, ...]] = field(
        default_factory=dict, compare=False, repr=False
    )

    @classmethod
    def of(cls, problem: Problem) -> "Sizing":
        """Return the sizes of all workloads of a problem on all its instance types."""
        plain = cls(gpu_resources(problem))
        for kind in problem.instance_types:
            plain.card(kind)
        for workload in problem.workloads:
            plain.need(workload)
        counts = fit_catalog(plain._needs.things, plain._cards.things).gpus
        return replace(plain, _counts=counts.astype(np.int64))

    def need(self, workload: Workload) -> int | None:
        """Return the number of what a workload needs of memory, None where it has no model."""
        if workload.model is None:
            return None
        known = self._asking.get(workload.key)
        if known is None or known[0] is not workload:
            served = (workload.model, self._served(workload))
            known = workload, self._needs.of(served)
            self._asking[workload.key] = known
        return known[1]

    def card(self, kind: InstanceType | None) -> int | None:
        """Return the number of a type's GPUs, None where it has none that is known."""
        if kind is None or kind.gpu is None:
            return None
        known = self._offered.get(kind.name)
        if known is None or known[0] is not kind:
            known = kind, self._cards.of(kind.gpu)
            self._offered[kind.name] = known
        return known[1]

    def asked(self, workload: Workload) -> int:
        """Return the GPUs that the workload's requests state, 0 where they state none."""
        return sum(workload.requests.get(name, 0) for name in self.resources)

    def fit(self, workload: Workload, kind: InstanceType) -> MemoryFit | None:
        """Return the memory fit on a type; None where there is no model or no GPU to judge."""
        need, card = self.need(workload), self.card(kind)
        if need is None or card is None or workload.model is None or kind.gpu is None:
            return None
        if (need, card) not in self._known:
            served = self._served(workload)
            self._known[need, card] = smallest_fit(workload.model, served, kind.gpu, kind.gpu.count)
        return self._known[need, card]

    def _served(self, workload: Workload) -> Serving:
        """Return how a workload is served, GPUs that its requests state taken as its degree."""
        serving, asked = workload.serving, self.asked(workload)
        if not asked or serving.tensor_parallel is not None:
            return serving
        degree = max(1, asked // serving.pipeline_parallel)
        return serving.model_copy(update={"tensor_parallel": degree})

    def flags_that_help(self, workload: Workload, kind: InstanceType) -> tuple[str, ...]:
        """Return flags of the engine of which each alone would make it fit, cheapest first."""
        if workload.model is None or kind.gpu is None:
            return ()
        key = (workload.model, workload.serving, kind.gpu)
        if key not in self._advised:
            found = advice(*key, kind.gpu.count)
            self._advised[key] = tuple(each.flag for each in found)
        return self._advised[key]

    def gpus(self, workload: Workload, kind: InstanceType | None) -> int:
        """Return the GPUs per replica on a type, or -1 where the model does not fit there."""
        if workload.model is None:
            return self.asked(workload)
        need, card = self.need(workload), self.card(kind)
        if kind is None or need is None or card is None:
            return -1
        if need < self._counts.shape[0] and card < self._counts.shape[1]:
            return int(self._counts[need, card]) or -1
        fit = self.fit(workload, kind)
        return fit.gpus if fit is not None and accepted(fit, workload.serving) else -1

    def table(self, workloads: Sequence[Workload], kinds: Sequence[InstanceType | None]) -> Ints:
        """Return ``(W, K)`` the same, of workloads and types of the problem that was sized."""
        needs, cards = (
            np.array([-1 if one is None else one for one in found], dtype=np.int64)
            for found in (map(self.need, workloads), map(self.card, kinds))
        )
        asked = [self.asked(workload) if workload.model is None else -1 for workload in workloads]
        gpus = np.tile(np.array(asked, dtype=np.int64)[:, None], len(kinds))
        some, known = np.flatnonzero(needs >= 0), np.flatnonzero(cards >= 0)
        counts = self._counts[np.ix_(needs[some], cards[known])]
        gpus[np.ix_(some, known)] = np.where(counts > 0, counts, -1)
        return gpus

    def requests(self, workload: Workload, kind: InstanceType | None, gpus: int) -> dict[str, int]:
        """Return what a replica takes of a node, by resource, its pod included."""
        requests = {**workload.requests, PODS: max(1, workload.requests.get(PODS, 0))}
        if workload.model is not None and kind is not None and kind.gpu is not None:
            requests[kind.gpu.resource] = gpus
        return requests
