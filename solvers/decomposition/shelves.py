"""What is on which node by name; nodes and replicas that need not move stay where they are."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from placement.solvers.decomposition.shelf_room import Sizes
from placement.supply import Supply

__all__ = ["Shelf", "Shelves"]


@dataclass(slots=True)
class Shelf:
    """One node: its name, replicas by number of workload, and whether it is kept."""

    name: str
    held: dict[int, int]
    kept: bool = True


@dataclass(slots=True)
class Shelves:
    """The nodes of every supply. Running ones are all listed, new ones as many as are bought.

    Parameters
    ----------
    taken
        By cluster, the names of all nodes.
    """

    supplies: list[Supply]
    sizes: Sizes
    taken: dict[str, set[str]]
    of: dict[int, list[Shelf]] = field(default_factory=dict)

    def stack(self, supply: int, wanted: Mapping[int, tuple[int, int]], nodes: int) -> set[int]:
        """Bring the nodes of a supply to what a solution has there.

        Returns the workloads of which a node has more or fewer replicas than before.

        Parameters
        ----------
        wanted
            Candidate and replicas by number of workload.
        nodes
            Nodes kept or bought.
        """
        shelves = self._with_names(supply)
        before = {shelf.name: dict(shelf.held) for shelf in shelves}
        self._less(shelves, {number: replicas for number, (_, replicas) in wanted.items()})
        self._emptied(shelves, nodes)
        if not self._more(supply, shelves, wanted, nodes):
            self._anew(supply, shelves, wanted, nodes)
        self._kept(supply, shelves, nodes)
        after = {shelf.name: shelf.held for shelf in self.of[supply]}
        return {
            number
            for name in {*before, *after}
            for number, _ in before.get(name, {}).items() ^ after.get(name, {}).items()
        }

    def drop(self, supply: int) -> None:
        """Take the nodes of a supply away."""
        names = self.taken.get(self.supplies[supply].cluster.name, set())
        names.difference_update(shelf.name for shelf in self.of.pop(supply, ()))

    def _with_names(self, supply: int) -> list[Shelf]:
        running = self.supplies[supply].nodes
        if supply not in self.of and running:
            self.of[supply] = [Shelf(name, {}) for name in running]
        return [Shelf(each.name, dict(each.held)) for each in self.of.get(supply, ())]

    def _less(self, shelves: list[Shelf], wanted: Mapping[int, int]) -> None:
        """Take away what is too many, from the last nodes on."""
        there: dict[int, int] = {}
        for shelf in shelves:
            for number, replicas in shelf.held.items():
                there[number] = there.get(number, 0) + replicas
        over = {number: many - wanted.get(number, 0) for number, many in there.items()}
        for shelf in reversed(shelves):
            for number in list(shelf.held):
                given = min(max(0, over[number]), shelf.held[number])
                over[number] -= given
                shelf.held[number] -= given
                if not shelf.held[number]:
                    del shelf.held[number]

    def _emptied(self, shelves: list[Shelf], nodes: int) -> None:
        """Empty the nodes that are least full by number of replicas, until few enough are used."""
        used = [shelf for shelf in shelves if shelf.held]
        used.sort(key=lambda shelf: sum(shelf.held.values()), reverse=True)
        for shelf in used[nodes:]:
            shelf.held.clear()

    def _more(
        self,
        supply: int,
        shelves: list[Shelf],
        wanted: Mapping[int, tuple[int, int]],
        nodes: int,
    ) -> bool:
        """Put what is missing where there is room, the largest first; return whether it fits."""
        room, size = self.sizes.room[supply].tolist(), self._sizes(wanted)
        missing = {number: replicas for number, (_, replicas) in wanted.items()}
        for shelf in shelves:
            for number, count in shelf.held.items():
                missing[number] -= count
        if not any(missing.values()):
            return True
        left = [_left(room, shelf, size) for shelf in shelves]
        used = sum(bool(shelf.held) for shelf in shelves)
        for number in sorted(missing, key=lambda n: (-_largest(size[n], room), n)):
            at = 0
            while missing[number] > 0:
                if at == len(shelves):
                    if used >= nodes:
                        return False
                    shelves.append(Shelf("", {}))
                    left.append(list(room))
                shelf = shelves[at]
                if shelf.held or used < nodes:
                    count = min(missing[number], _most(size[number], left[at]))
                    if count:
                        used += not shelf.held
                        left[at] = [
                            a - b * count for a, b in zip(left[at], size[number], strict=True)
                        ]
                        shelf.held[number] = shelf.held.get(number, 0) + count
                        missing[number] -= count
                at += 1
        return True

    def _anew(
        self,
        supply: int,
        shelves: list[Shelf],
        wanted: Mapping[int, tuple[int, int]],
        nodes: int,
    ) -> None:
        """Pack all replicas of a supply again; nodes keep their names."""
        numbers = sorted(wanted)
        candidates = np.array([wanted[number][0] for number in numbers], dtype=np.int64)
        counts = np.array([wanted[number][1] for number in numbers], dtype=np.int64)
        filled, _ = self.sizes.packed(supply, candidates, counts, nodes)
        shelves += [Shelf("", {}) for _ in range(len(filled) - len(shelves))]
        for at, shelf in enumerate(shelves):
            row = filled[at] if at < len(filled) else ()
            shelf.held = {n: c for n, c in zip(numbers, row, strict=False) if c}

    def _kept(self, supply: int, shelves: list[Shelf], nodes: int) -> None:
        """Keep what is used and as many empty nodes as are paid for; name the new ones."""
        kind = self.supplies[supply]
        free = nodes - sum(bool(shelf.held) for shelf in shelves)
        for shelf in shelves:
            shelf.kept = bool(shelf.held) or free > 0
            free -= shelf.kept and not shelf.held
        if not kind.running:
            shelves += [Shelf("", {}) for _ in range(free)]
            names = self.taken.setdefault(kind.cluster.name, set())
            names.difference_update(shelf.name for shelf in shelves if not shelf.kept)
            shelves = [shelf for shelf in shelves if shelf.kept]
            base, number = kind.pool.name if kind.pool else "node", 0
            for shelf in (shelf for shelf in shelves if not shelf.name):
                number += 1
                while f"{base}-{number}" in names:
                    number += 1
                shelf.name = f"{base}-{number}"
                names.add(shelf.name)
        self.of[supply] = shelves

    def _sizes(self, wanted: Mapping[int, tuple[int, int]]) -> dict[int, list[int]]:
        candidates = np.array([candidate for candidate, _ in wanted.values()], dtype=np.int64)
        return dict(zip(wanted, self.sizes.of(candidates).tolist(), strict=True))


def _left(room: list[int], shelf: Shelf, size: Mapping[int, list[int]]) -> list[int]:
    left = list(room)
    for number, count in shelf.held.items():
        left = [a - b * count for a, b in zip(left, size[number], strict=True)]
    return left


def _largest(size: list[int], room: list[int]) -> float:
    """Return the largest share of a node that a replica takes."""
    return max(a / max(b, 1) for a, b in zip(size, room, strict=True))


def _most(size: list[int], left: list[int]) -> int:
    """Return how many of a size the room left takes."""
    return min((b // a for a, b in zip(size, left, strict=True) if a), default=2**31)
