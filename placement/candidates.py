"""Which workload may run on which kind of node, with how many GPUs; and for each other, why not."""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from placement.eligibility import Rule, missing_room, static_rules
from placement.formulation.milp import Ints
from placement.groups import looks_at_nodes, split
from placement.looked_at import preferred_zones
from placement.paths import Paths, paths_of
from placement.problem import InstanceType, Problem
from placement.quantity import PODS
from placement.sizing import Sizing
from placement.supplies import supplies
from placement.supply import Supply, most_new

__all__ = ["Candidates", "find_candidates", "most_units"]

UNLIMITED = 2**62  # room of a resource that a node does not limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """Every possible pair of a workload and a kind of node.

    Parameters
    ----------
    paths
        Shortest paths between users and regions.
    rules
        The static rules, in the order in which a refusal is reported.
    supplies
        The S kinds of node.
    resources
        Names of the R resources that matter. The last one, ``replicas``, counts replicas, so that
        one that asks for nothing still needs a node.
    refused
        ``(W, S)`` 0 where the pair is possible, else 1 + the number of the first rule against it.
    workload, supply
        ``(C,)`` indices of the possible pairs, ordered by workload, then by supply.
    gpus
        ``(C,)`` GPUs per replica.
    requests
        ``(C, R)`` what one replica asks for, in base units.
    takes
        ``(C, R)`` what it takes of a node: what it asks for, or all of the node, where a replica
        takes several whole ones.
    room
        ``(S, R)`` what one node has, in base units.
    """

    problem: Problem
    sizing: Sizing
    paths: Paths
    rules: tuple[Rule, ...]
    supplies: tuple[Supply, ...]
    resources: tuple[str, ...]
    refused: NDArray[np.int8]
    workload: Ints
    supply: Ints
    gpus: Ints
    requests: Ints
    takes: Ints
    room: Ints

    def why_not(self, workload: int, supply: int) -> tuple[str, str]:
        """Return the rule that forbids a pair and the reason in words; both empty if none does."""
        code = int(self.refused[workload, supply])
        if code == 0:
            return "", ""
        asker, offer = self.problem.workloads[workload], self.supplies[supply]
        rules = self.rules
        if code <= len(rules):
            return rules[code - 1].name, rules[code - 1].refusal(asker, offer)
        gpus = self.sizing.gpus(asker, offer.kind)
        needs = self.sizing.requests(asker, offer.kind, gpus)
        return "room", missing_room(needs, offer.room)


def find_candidates(problem: Problem) -> Candidates:
    """Return all pairs that pass every static rule, and for each other pair the rule it breaks."""
    kinds = supplies(problem)
    sizing = Sizing.of(problem)
    refused = np.zeros((len(problem.workloads), len(kinds)), dtype=np.int8)
    paths = paths_of(problem)
    rules = static_rules(sizing, paths)
    for code, rule in enumerate(rules, start=1):
        refused[(refused == 0) & ~_admitted(rule, problem, kinds)] = code
    kept = _with_a_purpose(problem, kinds, refused)
    kinds, refused = tuple(kinds[i] for i in kept), refused[:, kept]
    kinds, refused = _single_nodes(problem, kinds, refused, _code(rules, "spread"))
    workload, supply = (side.astype(np.int64) for side in np.nonzero(refused == 0))
    resources, gpus, requests = _needs(problem, kinds, sizing, workload, supply)
    room = _room(kinds, resources, max(1, int(most_units(problem).sum())))
    gpus, takes = _whole_nodes(problem, (workload, supply), gpus, requests, room)
    fits = (requests <= room[supply]).all(axis=1)
    refused[workload[~fits], supply[~fits]] = len(rules) + 1
    return Candidates(
        problem=problem,
        sizing=sizing,
        paths=paths,
        rules=rules,
        supplies=kinds,
        resources=resources,
        refused=refused,
        workload=workload[fits],
        supply=supply[fits],
        gpus=gpus[fits],
        requests=requests[fits],
        takes=takes[fits],
        room=room,
    )


def _with_a_purpose(
    problem: Problem, kinds: tuple[Supply, ...], refused: NDArray[np.int8]
) -> list[int]:
    """Return the supplies but for new nodes in a zone that no workload needs to name.

    Where the region alone has an offer, the zone of a new node matters only to a workload that may
    run there and not on a node of no zone, or prefers it; for all others the zone stays open.
    """
    zones = [preferred_zones(workload) for workload in problem.workloads]

    def prefers(zone: str | None) -> NDArray[np.bool_]:
        return np.array([zone in preferred for preferred in zones], dtype=np.bool_)

    asks = np.array([workload.most_replicas > 0 for workload in problem.workloads], dtype=np.bool_)
    unzoned = {
        (kind.cluster.name, kind.pool.name if kind.pool else ""): position
        for position, kind in enumerate(kinds)
        if not kind.running and kind.zone is None
    }
    kept = []
    for position, kind in enumerate(kinds):
        place = (kind.cluster.name, kind.pool.name if kind.pool else "")
        twin = None if kind.running or kind.zone is None else unzoned.get(place)
        open_ = asks & (refused[:, position] == 0)
        if twin is None or (open_ & ((refused[:, twin] != 0) | prefers(kind.zone))).any():
            kept.append(position)
    return kept


def _numbered(things: Iterable[object], key: Callable[..., Hashable]) -> tuple[list[int], Ints]:
    """Return the position of the first thing of every distinct key, and each thing's key number."""
    numbers: dict[Hashable, int] = {}
    firsts: list[int] = []
    each = []
    for position, thing in enumerate(things):
        number = numbers.setdefault(key(thing), len(numbers))
        if number == len(firsts):
            firsts.append(position)
        each.append(number)
    return firsts, np.array(each, dtype=np.int64)


def _admitted(rule: Rule, problem: Problem, kinds: tuple[Supply, ...]) -> NDArray[np.bool_]:
    """Return ``(W, S)`` whether the rule admits each pair, judged once per pair of keys."""
    askers, asker_of = _numbered(problem.workloads, rule.workload_key)
    offers, offer_of = _numbered(kinds, rule.supply_key)
    table = np.array(
        [[rule.admits(problem.workloads[w], kinds[s]) for s in offers] for w in askers],
        dtype=np.bool_,
    ).reshape(len(askers), len(offers))
    return table[asker_of[:, None], offer_of[None, :]]


def _needs(
    problem: Problem, kinds: tuple[Supply, ...], sizing: Sizing, workload: Ints, supply: Ints
) -> tuple[tuple[str, ...], Ints, Ints]:
    """Return the resources, and per pair the GPUs ``(C,)`` and the requests ``(C, R)``."""
    asked = {resource for w in problem.workloads for resource in w.requests}
    names = (*sorted(asked | set(sizing.resources) | {PODS}), "replicas")
    firsts, kind_of = _numbered(kinds, lambda s: (s.type_name, s.kind is None))
    types: list[InstanceType | None] = [kinds[first].kind for first in firsts]
    pair, inverse = np.unique(workload * len(types) + kind_of[supply], return_inverse=True)
    gpus = np.zeros(pair.size, dtype=np.int64)
    needs = np.zeros((pair.size, len(names)), dtype=np.int64)
    for row, code in enumerate(pair.tolist()):
        asker, kind = problem.workloads[code // len(types)], types[code % len(types)]
        gpus[row] = sizing.gpus(asker, kind)
        one = sizing.requests(asker, kind, int(gpus[row]))
        needs[row] = [one.get(name, 0) for name in names[:-1]] + [1]
    return names, gpus[inverse], needs[inverse]


def _room(kinds: tuple[Supply, ...], resources: tuple[str, ...], replicas: int) -> Ints:
    """Return ``(S, R)`` what one node has of each resource."""
    room = np.zeros((len(kinds), len(resources)), dtype=np.int64)
    for row, kind in enumerate(kinds):
        room[row, :-1] = [
            kind.room.get(name, UNLIMITED if name == PODS else 0) for name in resources[:-1]
        ]
    room[:, -1] = replicas
    return room


def most_units(problem: Problem) -> Ints:
    """Return ``(W,)`` the most replicas of each workload; of several nodes each, the nodes."""
    found = [w.most_replicas * w.nodes_per_replica for w in problem.workloads]
    return np.array(found, dtype=np.int64)


def _whole_nodes(
    problem: Problem, pair: tuple[Ints, Ints], gpus: Ints, requests: Ints, room: Ints
) -> tuple[Ints, Ints]:
    """Return GPUs in all and what is taken of a node, where replicas may take several whole ones.

    Parameters
    ----------
    pair
        ``(C,)`` workload and supply of each pair.
    """
    workload, supply = pair
    nodes = np.array([w.nodes_per_replica for w in problem.workloads], dtype=np.int64)[workload]
    if not (nodes > 1).any():
        return gpus, requests
    everything = np.where(room[supply] < UNLIMITED, room[supply], requests)
    return gpus * nodes, np.where((nodes > 1)[:, None], everything, requests)


def _code(rules: tuple[Rule, ...], name: str) -> int:
    return 1 + next(number for number, rule in enumerate(rules) if rule.name == name)


def _single_nodes(
    problem: Problem, kinds: tuple[Supply, ...], refused: NDArray[np.int8], code: int
) -> tuple[tuple[Supply, ...], NDArray[np.int8]]:
    """Return the supplies with nodes apart where a rule of some workload looks at single nodes.

    Of new nodes, as many as such workloads have replicas and can be bought, one at least; what is
    bought beyond is for others.
    """
    looking = np.array([looks_at_nodes(w) for w in problem.workloads], dtype=np.bool_)
    if not looking.any():
        return kinds, refused
    most = most_units(problem)
    found: list[Supply] = []
    columns = []
    for position, kind in enumerate(kinds):
        here = looking & (refused[:, position] == 0)
        singles = max(1, min(int(most[here].sum()), most_new(problem, kind)))
        parts = split(kind, singles) if here.any() else [kind]
        for part in parts:
            found.append(part)
            column = refused[:, position].copy()
            if part.bulk:
                column[here] = code
            columns.append(column)
    return tuple(found), np.array(columns, dtype=np.int8).T.reshape(looking.size, len(found))
