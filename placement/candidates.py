"""Which workload may run on which kind of node, with how many GPUs; and for each other, why not."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from placement.eligibility import Rule, missing_room, static_rules
from placement.formulation.milp import Ints
from placement.judged import Judged
from placement.needs import Needs, needs_of, room_of
from placement.pairs import Pairs, most_units, with_a_purpose, with_single_nodes
from placement.paths import Paths, paths_of
from placement.problem import Problem
from placement.sizing import Sizing
from placement.supplies import supplies
from placement.supply import Supply

__all__ = ["Candidates", "find_candidates", "most_units"]


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
    judged
        What the rules say of each pair.
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
    judged: Judged
    workload: Ints
    supply: Ints
    gpus: Ints
    requests: Needs
    takes: Needs
    room: Ints

    def of(self, workload: int) -> Ints:
        """Return ``(n,)`` the candidates of a workload."""
        first, end = np.searchsorted(self.workload, (workload, workload + 1)).tolist()
        return np.arange(first, end)

    def refused(self, workload: int) -> NDArray[np.int8]:
        """Return ``(S,)`` 0 where a pair is possible, else 1 + the number of the first rule.

        Where no rule is against it and room is lacking, that is 1 + the number of rules.
        """
        codes = self.judged.refused(workload)
        codes[codes == 0] = len(self.rules) + 1
        codes[self.supply[self.of(workload)]] = 0
        return codes

    def why_not(self, workload: int, supply: int) -> tuple[str, str]:
        """Return the rule that forbids a pair and the reason in words; both empty if none does."""
        if supply in self.supply[self.of(workload)]:
            return "", ""
        code = self.judged.first(workload, supply) or len(self.rules) + 1
        return self.reason(code, workload, supply)

    def reason(self, code: int, workload: int, supply: int) -> tuple[str, str]:
        """Return the rule that has a code of :meth:`refused`, and its reason in words."""
        asker, offer = self.problem.workloads[workload], self.supplies[supply]
        if code <= len(self.rules):
            rule = self.rules[code - 1]
            return rule.name, rule.refusal(asker, offer)
        gpus = self.sizing.gpus(asker, offer.kind)
        needs = self.sizing.requests(asker, offer.kind, gpus)
        return "room", missing_room(needs, offer.room)


def find_candidates(problem: Problem) -> Candidates:
    """Return all pairs that pass every static rule, and for each other pair the rule it breaks."""
    sizing, paths = Sizing.of(problem), paths_of(problem)
    rules = static_rules(problem, sizing, paths)
    pairs = with_a_purpose(problem, _admitted(problem, rules))
    pairs = with_single_nodes(problem, pairs, _code(rules, "spread"))
    names, gpus, requests = needs_of(problem, pairs.supplies, sizing, pairs.workload, pairs.supply)
    room = room_of(pairs.supplies, names, max(1, int(most_units(problem).sum())))
    fits = np.flatnonzero(requests.within(room, pairs.supply))
    workload, supply = pairs.workload[fits], pairs.supply[fits]
    nodes = np.array([w.nodes_per_replica for w in problem.workloads], dtype=np.int64)
    spans = np.flatnonzero(nodes[workload] > 1)
    gpus, requests = gpus[fits], requests.of(fits)
    gpus[spans] *= nodes[workload[spans]]
    return Candidates(
        problem=problem,
        sizing=sizing,
        paths=paths,
        rules=rules,
        supplies=pairs.supplies,
        resources=names,
        judged=pairs.judged,
        workload=workload,
        supply=supply,
        gpus=gpus,
        requests=requests,
        takes=requests.or_all(room, supply, spans),
        room=room,
    )


def _admitted(problem: Problem, rules: tuple[Rule, ...]) -> Pairs:
    """Return every kind of node of the fleet, and the pairs that pass every rule."""
    kinds = supplies(problem)
    judged = Judged.of(rules, problem.workloads, kinds)
    workload, supply = judged.pairs()
    return Pairs(supplies=kinds, judged=judged, workload=workload, supply=supply)


def _code(rules: tuple[Rule, ...], name: str) -> int:
    return 1 + next(number for number, rule in enumerate(rules) if rule.name == name)
