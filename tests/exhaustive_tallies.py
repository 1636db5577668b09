"""What nodes add to the counts that rules of workloads are judged by, packed in one number.

Only what some rule asks for is counted, so that a problem without such rules has nothing to count.
Each count has eight bits, above the counters of tests/exhaustive_rules.py.
"""

from collections.abc import Iterable, Iterator

from placement.problem import Cluster, NodePool, Problem, Workload
from tests.exhaustive_groups import group_of, word_of
from tests.exhaustive_static import kind_size
from tests.exhaustive_world import Bin

__all__ = ["SPOT", "Label", "Tallies", "rate_of"]

Label = tuple[object, ...]
"""What is counted of which workload: ``(what, workload key, ...)``."""

SPOT = "lost spot"
"""The key by which all spot nodes are one group and others lack it; no label has this key."""

_BITS = 8
_MASK = (1 << _BITS) - 1


def rate_of(workload: Workload, type_name: str | None) -> str:
    """Return what a replica on a type carries, as the problem states it."""
    assert workload.load is not None
    return str(workload.load.per_replica[type_name or ""])


class Tallies:
    """Counts of replicas by group, rate and node, and of those that stay where they are.

    Parameters
    ----------
    base
        The first bit that may be used.
    """

    def __init__(
        self, problem: Problem, workloads: list[Workload], bins: list[Bin], base: int
    ) -> None:
        self._problem, self._workloads, self._base = problem, workloads, base
        self._at: dict[Label, int] = {}
        self._keys = {w.key: _keys(w) for w in workloads}
        self._by_node = {w.key: _by_node(w) for w in workloads}
        self._skew_keys = {
            w.key: {word_of(s.by) for s in w.spread if s.max_skew is not None} for w in workloads
        }
        self._candidates = {
            (id(each), w.key): _is_candidate(each, w) for each in bins for w in workloads
        }
        self.always = {
            (w.key, key): self._always(bins, w, key)
            for w in workloads
            for key in self._skew_keys[w.key] - {"node"}
        }
        self.parts = {w.key: self._shift(("parts", w.key)) for w in workloads if _spans(w)}

    def _always(self, bins: list[Bin], workload: Workload, key: str) -> frozenset[object]:
        """Return the groups that are candidates, whichever running nodes are kept."""
        here = [b for b in bins if self._candidates[id(b), workload.key]]
        return frozenset(self._group(each, key) for each in here) - {None}

    def _group(self, each: Bin, key: str) -> object:
        if key == SPOT:
            return "spot" if each.group[3] == "spot" else None
        return group_of(self._problem, each.cluster, each.group, each.labels, key)

    def _shift(self, label: Label) -> int:
        return self._at.setdefault(label, self._base + _BITS * len(self._at))

    def counted(self, used: int) -> dict[Label, int]:
        """Return the counts that are not 0."""
        found = {label: (used >> shift) & _MASK for label, shift in self._at.items()}
        return {label: count for label, count in found.items() if count}

    def node(self, each: Bin, counts: dict[str, int], whole: str | None = None) -> int:
        """Return what a node that runs in the end adds, given its replicas (or parts of one)."""
        used = 0
        for workload in self._workloads:
            here = 1 if whole == workload.key else counts.get(workload.key, 0)
            for label, count in self._labels(each, workload, here):
                used += count << self._shift(label)
        return used if whole is None else used + (1 << self.parts[whole])

    def _labels(self, each: Bin, workload: Workload, here: int) -> Iterator[tuple[Label, int]]:
        name = workload.key
        candidate = self._candidates[id(each), name]
        if here:
            for key in self._keys[name]:
                group = self._group(each, key)
                if group is not None:
                    yield ("group", name, key, group), here
            if workload.load is not None and len({*workload.load.per_replica.values()}) > 1:
                yield ("rate", name, rate_of(workload, each.group[2])), here
            yield from _staying(each, workload, here)
        if self._by_node[name] and (here or (candidate and "node" in self._skew_keys[name])):
            yield ("node", name, here, candidate), 1

    def in_pool(
        self, cluster: Cluster, pool: NodePool | None, counts: dict[str, int], used: int
    ) -> int:
        """Return the counts of a pool's nodes (or those of no pool), with what stays of the pool.

        What stays by a row that names a node is counted there; a row that names none has the rest.
        """
        for workload in self._workloads:
            for row in workload.current:
                pool_name = pool.name if pool else None
                if (row.cluster, row.node_pool, row.node) == (cluster.name, pool_name, None):
                    shift = self._shift(("stays", workload.key))
                    left = counts[workload.key] - ((used >> shift) & _MASK)
                    used += max(0, min(row.replicas, left)) << shift
        return used


def _staying(each: Bin, workload: Workload, here: int) -> Iterator[tuple[Label, int]]:
    for row in workload.current:
        if (
            each.node is not None
            and row.node == each.node.name
            and (row.cluster, row.node_pool) == each.group[:2]
        ):
            yield ("stays", workload.key), min(row.replicas, here)


def _spans(workload: Workload) -> bool:
    return workload.nodes_per_replica > 1


def _keys(workload: Workload) -> list[str]:
    """Return the keys other than ``node`` by which a workload's replicas are counted."""
    lost: Iterable[str] = (
        SPOT if each.loss_of == "spot" else word_of(each.loss_of) for each in workload.survive
    )
    return sorted({*(word_of(each.by) for each in workload.spread), *lost} - {"node"})


def _by_node(workload: Workload) -> bool:
    keys = [each.by for each in workload.spread] + [each.loss_of for each in workload.survive]
    return any(word_of(key) == "node" for key in keys)


def _is_candidate(each: Bin, workload: Workload) -> bool:
    """Return whether a workload may be on a node and fits it while it is empty."""
    if workload.key not in each.needs:
        return False
    if each.pool is not None:
        assert each.kind is not None
        size = kind_size(each.kind)
    else:
        assert each.node is not None
        free, whole = each.node.free, each.node.allocatable or {}
        size = {name: max(free.get(name, 0), whole.get(name, 0)) for name in {**free, **whole}}
    return all(
        amount <= size.get(resource, amount if resource == "pods" else 0)
        for resource, amount in each.needs[workload.key].items()
    )
