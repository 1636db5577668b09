"""What replicas need of a node, as arrays in which equal needs are written once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from placement.formulation.milp import Ints
from placement.numbering import distinct, numbered
from placement.problem import Problem
from placement.quantity import PODS
from placement.sizing import Sizing
from placement.supply import Supply

__all__ = ["UNLIMITED", "Needs", "needs_of", "room_of"]

UNLIMITED = 2**62  # room of a resource that a node does not limit


@dataclass(frozen=True, slots=True, eq=False)
class Needs:
    """An array ``(C, R)`` by candidate and resource, indexed as one.

    Parameters
    ----------
    rows
        ``(D, R)`` distinct rows.
    which
        ``(C,)`` the row of each candidate.
    """

    rows: Ints
    which: Ints

    def __getitem__(self, at: Any) -> Ints:
        """Return what an array would: of some candidates, or of some candidates and resources."""
        candidates, resources = at if isinstance(at, tuple) else (at, None)
        which = self.which[candidates]
        if resources is None:
            return np.asarray(self.rows[which])
        if isinstance(candidates, slice):
            return np.asarray(self.rows[:, resources][which])
        return np.asarray(self.rows[which, resources])

    @property
    def shape(self) -> tuple[int, int]:
        """Return ``(C, R)``."""
        return self.which.size, self.rows.shape[1]

    def of(self, candidates: Ints) -> "Needs":
        """Return those of some candidates."""
        return Needs(self.rows, self.which[candidates])

    def within(self, room: Ints, supply: Ints) -> NDArray[np.bool_]:
        """Return ``(C,)`` whether each is no more than the ``(S, R)`` room of its supply."""
        fits = np.ones(self.which.size, dtype=np.bool_)
        for column in range(self.rows.shape[1]):
            fits &= self.rows[self.which, column] <= room[supply, column]
        return fits

    def or_all(self, room: Ints, supply: Ints, candidates: Ints) -> "Needs":
        """Return the same, but that some candidates need all of the node of their supply."""
        if not candidates.size:
            return self
        whole = room[supply[candidates]]
        rows = np.where(whole < UNLIMITED, whole, self[candidates])
        which = self.which.copy()
        which[candidates] = np.arange(candidates.size) + self.rows.shape[0]
        return Needs(np.concatenate([self.rows, rows]), which)


def needs_of(
    problem: Problem, supplies: Sequence[Supply], sizing: Sizing, workload: Ints, supply: Ints
) -> tuple[tuple[str, ...], Ints, Needs]:
    """Return the resources, and per pair the GPUs ``(C,)`` and the requests ``(C, R)``.

    Parameters
    ----------
    workload, supply
        ``(C,)`` the pairs.
    """
    asked = {resource for w in problem.workloads for resource in w.requests}
    names = (*sorted(asked | set(sizing.resources) | {PODS}), "replicas")
    firsts, kind_of = numbered([(s.type_name, s.kind is None) for s in supplies])
    kinds = [supplies[first].kind for first in firsts]
    gpus = sizing.table(problem.workloads, kinds)[workload, kind_of[supply]]
    resource = np.array([names.index(k.gpu.resource) if k and k.gpu else 0 for k in kinds], int)
    models = np.array([w.model is not None for w in problem.workloads], dtype=np.bool_)
    sized = models[workload]
    # A row is what a workload states, its model's GPUs in place of those that it states of them.
    most = 1 + int(gpus.max(initial=0, where=sized))
    model_gpus = 1 + np.where(sized, resource[kind_of[supply]] * most + gpus, -1)
    cards, card = distinct(model_gpus, 1 + len(names) * most)
    codes, which = distinct(workload * cards.size + card, models.size * cards.size)
    stated, own = np.divmod(codes, max(1, cards.size))
    rows, own = _stated(problem, names)[stated], cards[own] - 1
    by_model = np.flatnonzero(own >= 0)
    rows[by_model, own[by_model] // most] = own[by_model] % most
    return names, gpus, Needs(rows, which)


def _stated(problem: Problem, names: Sequence[str]) -> Ints:
    """Return ``(W, R)`` what each workload states, and a pod."""
    rows = np.zeros((len(problem.workloads), len(names)), dtype=np.int64)
    column = {name: number for number, name in enumerate(names)}
    for row, workload in enumerate(problem.workloads):
        for name, amount in workload.requests.items():
            rows[row, column[name]] = amount
    rows[:, column[PODS]] = np.maximum(rows[:, column[PODS]], 1)
    rows[:, -1] = 1
    return rows


def room_of(supplies: Sequence[Supply], resources: Sequence[str], replicas: int) -> Ints:
    """Return ``(S, R)`` what one node has of each resource; all hold so many replicas."""
    room = np.empty((len(supplies), len(resources)), dtype=np.int64)
    for column, name in enumerate(resources[:-1]):
        none = UNLIMITED if name == PODS else 0
        room[:, column] = [supply.room.get(name, none) for supply in supplies]
    room[:, -1] = replicas
    return room
