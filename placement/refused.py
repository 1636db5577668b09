"""What places refuse workloads, in words: each distinct reason with the places that give it."""

from collections.abc import Callable, Hashable, Iterable

import numpy as np

from placement.formulation.milp import Ints
from placement.instance import Instance
from placement.supply import Supply

__all__ = ["Refused", "listed"]

MOST_NAMES = 4  # places shown; further ones are counted

_LOOKS_AT: dict[str, Callable[[Supply], Hashable]] = {
    "capacity_types": lambda supply: supply.capacity_type,
    "cluster_affinity": lambda supply: (supply.cluster.name, supply.zone),
    "clusters": lambda supply: supply.cluster.name,
    "allowed_types": lambda supply: (supply.type_name, supply.kind is None),
    "users": lambda supply: supply.cluster.region,
    "memory_fit": lambda supply: (supply.type_name, supply.kind is None),
    "load": lambda supply: supply.type_name,
}
"""What of a place the words of a rule depend on; of all other rules, on the place itself.

``clusters`` is ``cluster_affinity`` where it names no zones.
"""


class Refused:
    """The refusals of an instance; what depends on places alone is looked up once."""

    def __init__(self, instance: Instance) -> None:
        self._found = instance.candidates
        self._supplies = instance.candidates.supplies
        # the single nodes of the same place say it better than those in bulk
        self._shown = np.array([not supply.bulk for supply in self._supplies], dtype=np.bool_)
        where = [_where(supply) for supply in self._supplies]
        self._name, self._names = _numbers(where), list(dict.fromkeys(where))
        self._looks: dict[str, Ints] = {}
        self._said: dict[Hashable, dict[int, str]] = {}

    def lines(self, workload: int, most: int) -> tuple[list[str], int]:
        """Return a line for every distinct refusal, with the places that give it.

        The first ``most`` of them, and how many there are.
        """
        codes = self._found.refused(workload)
        at = np.flatnonzero((codes > 0) & self._shown)
        reasons: dict[str, int] = {}
        said = np.zeros(at.size, dtype=np.int64)
        for code in np.unique(codes[at]).tolist():
            mine = np.flatnonzero(codes[at] == code)
            said[mine] = self._reasons(workload, code, at[mine], reasons)
        first = np.sort(np.unique(said, return_index=True)[1])
        words, lines = list(reasons), []
        for reason in said[first[:most]].tolist():
            names = dict.fromkeys(self._name[at[said == reason]].tolist())
            lines.append(f"{listed([self._names[name] for name in names])}: {words[reason]}")
        return lines, len(reasons)

    def _reasons(self, workload: int, code: int, at: Ints, reasons: dict[str, int]) -> Ints:
        """Return the number of the reason that each of some places gives by one rule."""
        rules, asker = self._found.rules, self._found.problem.workloads[workload]
        rule = rules[code - 1].name if code <= len(rules) else "room"
        asks: Hashable = workload
        if rule == "cluster_affinity":  # which many workloads share
            asks = asker.cluster_affinity.model_dump_json()
            rule = rule if asker.cluster_affinity.zones else "clusters"
        looks = self._looks_at(rule)[at]
        alike, first, which = np.unique(looks, return_index=True, return_inverse=True)
        known = self._said.setdefault((rule, asks), {})
        numbers = []
        for look, position in zip(alike.tolist(), at[first].tolist(), strict=True):
            if look not in known:
                known[look] = ": ".join(self._found.reason(code, workload, position))
            numbers.append(reasons.setdefault(known[look], len(reasons)))
        return np.array(numbers, dtype=np.int64)[which]

    def _looks_at(self, rule: str) -> Ints:
        """Return ``(S,)`` a number for what the words of a rule look at."""
        if rule not in self._looks:
            look = _LOOKS_AT.get(rule)
            self._looks[rule] = (
                np.arange(len(self._supplies))
                if look is None
                else _numbers(map(look, self._supplies))
            )
        return self._looks[rule]


def listed(names: list[str]) -> str:
    """Return the first names, and how many more there are."""
    more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    return ", ".join(names[:MOST_NAMES]) + more


def _where(supply: Supply) -> str:
    pool = f"/{supply.pool.name}" if supply.pool else ""
    return f"{supply.cluster.name}{pool} ({supply.type_name or 'unknown type'})"


def _numbers(things: Iterable[Hashable]) -> Ints:
    """Return the number of each thing among the distinct ones, in the order in which they come."""
    known: dict[Hashable, int] = {}
    return np.array([known.setdefault(thing, len(known)) for thing in things], dtype=np.int64)
