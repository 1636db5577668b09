"""Where one workload more may run, among kinds of node that are known."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

import numpy as np

from placement.candidates import Candidates
from placement.eligibility import static_rules
from placement.formulation.milp import Ints
from placement.looked_at import LookedAt, looked_at, preferred_zones
from placement.paths import paths_of
from placement.problem import Problem, Workload
from placement.problem.labels import ZONE_LABELS
from placement.replica_costs import ReplicaCosts
from placement.sizing import Sizing
from placement.supply import Supply

__all__ = ["Admission", "Admitted"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Admitted:
    """The k candidates of a workload.

    Parameters
    ----------
    supply, gpus
        ``(k,)`` supplies, ascending, and GPUs per replica.
    takes
        ``(k, R)`` what a replica takes, in base units.
    costs
        What replicas cost beside their nodes.
    """

    supply: Ints
    gpus: Ints
    takes: Ints
    costs: ReplicaCosts


@dataclass(slots=True)
class Admission:
    """Judges single workloads by the static rules; keys of supplies are taken once."""

    found: Candidates
    _keys: dict[str, tuple[list[int], Ints]] = field(default_factory=dict)
    _look: LookedAt | None = None

    def __post_init__(self) -> None:
        """Take the keys of all supplies."""
        for rule in self.found.rules:
            self._numbered(rule.name, rule.supply_key)

    def takes(self, workload: Workload) -> bool:
        """Return whether a workload has no rule and looks at nothing by which nodes would differ.

        Such as a zone, a label or a resource that no other workload names.
        """
        if self._look is None:
            self._look = looked_at(self.found.problem)
        ruled = (
            workload.load is not None
            or workload.min_replicas > 1
            or workload.max_spot_fraction < 1
            or workload.nodes_per_replica > 1
            or bool(workload.spread or workload.survive or workload.current)
            or bool(workload.colocate_with or workload.separate_from)
        )
        zoned = bool(workload.cluster_affinity.zones or preferred_zones(workload))
        labels = set(workload.node_selector)
        return not (
            ruled
            or zoned
            or labels & set(ZONE_LABELS)
            or labels - self._look.labels
            or set(workload.requests) - set(self.found.resources)
        )

    def of(self, workload: Workload, problem: Problem, gone: np.ndarray) -> Admitted:
        """Return where a workload may run.

        Parameters
        ----------
        problem
            The problem with this workload alone.
        gone
            ``(S,)`` supplies that are lost.
        """
        found = self.found
        sizing, paths = Sizing.of(problem), paths_of(problem)
        open_ = ~gone
        for rule in static_rules(problem, sizing, paths):
            if rule.workload_key(workload) is None:
                continue
            firsts, number = self._numbered(rule.name, rule.supply_key)
            wanted = np.zeros(len(firsts), dtype=np.bool_)
            wanted[number[open_]] = True
            admitted = [
                bool(wanted[at]) and rule.admits(workload, found.supplies[first])
                for at, first in enumerate(firsts)
            ]
            open_ &= np.array(admitted, dtype=np.bool_)[number]
        supply = np.flatnonzero(open_)
        gpus, takes = self._needs(workload, sizing, supply)
        fits = (takes <= found.room[supply]).all(axis=1)
        return Admitted(
            supply=supply[fits],
            gpus=gpus[fits],
            takes=takes[fits],
            costs=ReplicaCosts(problem, paths),
        )

    def _numbered(self, name: str, key: Callable[[Supply], Hashable]) -> tuple[list[int], Ints]:
        """Return the first supply of every distinct key, and each supply's key number."""
        if name not in self._keys:
            numbers: dict[Hashable, int] = {}
            firsts: list[int] = []
            each = []
            for position, supply in enumerate(self.found.supplies):
                number = numbers.setdefault(key(supply), len(numbers))
                if number == len(firsts):
                    firsts.append(position)
                each.append(number)
            self._keys[name] = (firsts, np.array(each, dtype=np.int64))
        return self._keys[name]

    def _needs(self, workload: Workload, sizing: Sizing, supply: Ints) -> tuple[Ints, Ints]:
        names, supplies = self.found.resources, self.found.supplies
        kind_of = self._numbered("type", lambda s: (s.type_name, s.kind is None))
        firsts, number = kind_of
        gpus = np.zeros(len(firsts), dtype=np.int64)
        takes = np.zeros((len(firsts), len(names)), dtype=np.int64)
        for at in np.unique(number[supply]).tolist():
            kind = supplies[firsts[at]].kind
            gpus[at] = sizing.gpus(workload, kind)
            one = sizing.requests(workload, kind, int(gpus[at]))
            takes[at] = [one.get(name, 0) for name in names[:-1]] + [1]
        return gpus[number[supply]], takes[number[supply]]
