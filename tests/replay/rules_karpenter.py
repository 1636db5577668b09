"""Karpenter: nodes packed before their type is chosen, and consolidation at any gain."""

import numpy as np

from placement.problem import Workload
from placement.quantity import CPU, MEMORY
from placement.solvers.greedy.ledger import Ledger
from placement.solvers.greedy.moves import fill
from placement.solvers.greedy.plan import Left

__all__ = ["consolidate", "pack"]


class _Node:
    """A node to be, open to every kind of node that still holds what is on it."""

    def __init__(self, room: dict[int, np.ndarray]) -> None:
        self.room = room
        self.pods: list[int] = []

    def takes(self, ledger: Ledger, number: int) -> bool:
        """Put one replica on the node if some kind of node holds it too."""
        needs = _needs(ledger, number)
        left = {
            supply: room - needs[supply]
            for supply, room in self.room.items()
            if supply in needs and (room >= needs[supply]).all()
        }
        if left:
            self.room = left
            self.pods.append(number)
        return bool(left)


def pack(ledger: Ledger) -> Left:
    """Put pods by falling CPU and memory on the node to be that has fewest pods, else on a new one.

    Each node becomes the cheapest kind that holds its pods in the end.
    """
    workloads = ledger.candidates.problem.workloads
    nodes: list[_Node] = []
    left: dict[int, tuple[int, tuple[str, ...]]] = {}
    for number in sorted(range(len(workloads)), key=lambda n: _size(workloads[n])):
        missing = fill(ledger, number, workloads[number].replicas or 0)
        for _ in range(missing):
            if not any(n.takes(ledger, number) for n in sorted(nodes, key=lambda n: len(n.pods))):
                nodes.append(_Node(_empty(ledger)))
                nodes[-1].takes(ledger, number)
        left[number] = (0, ())
    for node in nodes:
        _bought(ledger, node)
    return left


def _size(workload: Workload) -> tuple[int, int, str]:
    return -workload.requests.get(CPU, 0), -workload.requests.get(MEMORY, 0), workload.key


def _needs(ledger: Ledger, number: int) -> dict[int, np.ndarray]:
    """Return what a replica takes, by the kinds of new node that it may run on."""
    found = ledger.candidates
    return {int(found.supply[one]): found.requests[one] for one in ledger.offers(number).tolist()}


def _empty(ledger: Ledger) -> dict[int, np.ndarray]:
    kinds = np.flatnonzero(ledger.buyable)
    can = kinds[ledger.openable(kinds) > 0]
    return {supply: ledger.room[supply] for supply in can.tolist()}


def _bought(ledger: Ledger, node: _Node) -> None:
    """Buy the cheapest kind that is left for a node to be, and put its pods there."""
    supplies = ledger.candidates.supplies
    for supply in sorted(node.room, key=lambda one: supplies[one].price):
        if opened := ledger.open(supply, 1).tolist():
            for number in node.pods:
                _put(ledger, number, opened[0], 1)
            return
    raise AssertionError("the scenario leaves some kind of node for every one")


def _put(ledger: Ledger, number: int, node: int, replicas: int) -> None:
    """Put replicas of a workload on a node."""
    own = ledger.candidates_of(number)
    (candidate,) = own[ledger.candidates.supply[own] == ledger.supply[node]].tolist()
    ledger.place(np.array([node]), np.array([candidate]), np.array([replicas]))


def consolidate(ledger: Ledger) -> Left:
    """Replace each running node, the dearest first, by a cheaper new one that holds its pods.

    Any gain is enough. What runs is known by node.
    """
    names = [name for supply in ledger.candidates.supplies for name in supply.nodes]
    order = sorted(
        range(ledger.running), key=lambda node: -_price(ledger, int(ledger.supply[node]))
    )
    for node in order:
        pods = {
            number: sum(row.replicas for row in workload.current if row.node == names[node])
            for number, workload in enumerate(ledger.candidates.problem.workloads)
        }
        pods = {number: count for number, count in pods.items() if count}
        new = _cheaper(ledger, node, pods)
        at = node if new is None else int(ledger.open(new, 1)[0])
        for number, count in pods.items():
            _put(ledger, number, at, count)
    return {}


def _price(ledger: Ledger, supply: int) -> float:
    return ledger.candidates.supplies[supply].price


def _cheaper(ledger: Ledger, node: int, pods: dict[int, int]) -> int | None:
    """Return the cheapest kind of new node that holds the pods for less, if there is one."""
    kinds = [
        supply
        for supply, room in _empty(ledger).items()
        if _price(ledger, supply) < _price(ledger, int(ledger.supply[node]))
        and all(supply in _needs(ledger, number) for number in pods)
        and (sum(_needs(ledger, n)[supply] * count for n, count in pods.items()) <= room).all()
    ]
    return min(kinds, key=lambda one: _price(ledger, one), default=None)
