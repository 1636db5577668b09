"""Which nodes may still have room, by supply, so that none that is full is looked at again."""

from itertools import chain
from operator import ge

import numpy as np

from placement.formulation.milp import Ints
from placement.needs import Needs

__all__ = ["Roomy"]

_NONE = np.zeros(0, dtype=np.int64)


class Roomy:
    """The nodes of each supply, rising; those on which no replica of any workload fits may lack.

    Attributes
    ----------
    least
        ``(R,)`` no more than a replica takes of each resource, anywhere.
    """

    def __init__(self, supplies: int, takes: Needs) -> None:
        self.least: Ints = takes.rows.min(axis=0, initial=np.iinfo(np.int64).max)
        self._least = self.least.tolist()
        self._nodes: list[list[int]] = [[] for _ in range(supplies)]
        self._some = np.zeros(supplies, dtype=np.bool_)

    def has_room(self, free: list[int]) -> bool:
        """Return whether a replica of some workload may fit in what a node has left."""
        return all(map(ge, free, self._least))

    def add(self, supply: int, nodes: range) -> None:
        """Add nodes of a supply, numbered above those that it has."""
        if nodes:
            self._nodes[supply].extend(nodes)
            self._some[supply] = True

    def of(self, supplies: Ints) -> Ints:
        """Return the nodes of some supplies that may have room, rising."""
        held = supplies[self._some[supplies]].tolist()
        if not held:
            return _NONE
        nodes = np.array([*chain.from_iterable([self._nodes[s] for s in held])], dtype=np.int64)
        nodes.sort()
        return nodes

    def drop(self, nodes: Ints, supply: Ints) -> None:
        """Drop nodes, given with the supply of each, that no replica fits on."""
        gone = set(nodes.tolist())
        for each in set(supply.tolist()):
            self._nodes[each] = [node for node in self._nodes[each] if node not in gone]
            self._some[each] = bool(self._nodes[each])

    def back(self, nodes: Ints, supply: Ints) -> None:
        """Take nodes up again that have got room."""
        for node, each in zip(nodes.tolist(), supply.tolist(), strict=True):
            self._nodes[each] = sorted({*self._nodes[each], node})
            self._some[each] = True
