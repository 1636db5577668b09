"""Rules for single engines: Mélange's programme, Modelplane's whole nodes, weights and a fifth."""

from itertools import product
from math import ceil

import numpy as np

from placement import Plan, Problem
from placement.candidates import find_candidates
from placement.memory import parameters_of
from placement.solvers.greedy import BASELINES
from placement.solvers.greedy.ledger import Ledger
from placement.solvers.greedy.moves import by_priority
from placement.solvers.greedy.plan import Left
from tests.replay.ruled import supply_of

__all__ = ["melange", "one_template", "weights_and_a_fifth", "whole_nodes"]


def melange(ledger: Ledger) -> Left:
    """Take the cheapest numbers of GPUs that carry a load, with no bound on any of them.

    Each service is solved by itself, and anew every time: neither stock nor what runs counts.
    What is not there is then not had.
    """
    left: dict[int, tuple[int, tuple[str, ...]]] = {}
    for number, workload in enumerate(ledger.candidates.problem.workloads):
        assert workload.load is not None
        rates, prices = workload.load.per_replica, _prices(ledger, number)
        kinds = sorted(prices)
        counts = product(*(range(ceil(workload.load.amount / rates[kind]) + 1) for kind in kinds))
        carrying = (
            many
            for many in counts
            if sum(rates[k] * n for k, n in zip(kinds, many, strict=True)) >= workload.load.amount
        )
        best = min(
            carrying, key=lambda many: sum(prices[k] * n for k, n in zip(kinds, many, strict=True))
        )
        for kind, wanted in zip(kinds, best, strict=True):
            _had(ledger, number, kind, wanted)
        left[number] = (0, ())
    return left


def _prices(ledger: Ledger, number: int) -> dict[str, float]:
    """Return the price of one node of each type; a node carries one replica."""
    prices = {}
    for candidate in ledger.candidates_of(number).tolist():
        supply = supply_of(ledger, candidate)
        prices[supply.type_name or ""] = supply.price
    return prices


def _had(ledger: Ledger, number: int, kind: str, wanted: int) -> None:
    """Put replicas on nodes of a type: those that run, then as many new ones as there are."""
    nodes, candidate, _ = ledger.fit(number)
    for node, own in zip(nodes.tolist(), candidate.tolist(), strict=True):
        if wanted and supply_of(ledger, own).type_name == kind:
            ledger.place(np.array([node]), np.array([own]), np.array([1]))
            wanted -= 1
    for own in ledger.offers(number).tolist():
        if wanted and supply_of(ledger, own).type_name == kind:
            opened = ledger.open(int(ledger.candidates.supply[own]), wanted)
            ledger.place(opened, np.full(opened.size, own), np.ones(opened.size, dtype=np.int64))
            wanted -= opened.size


def whole_nodes(ledger: Ledger) -> Left:
    """Give every replica a node of its own, the cheapest that holds it."""
    candidates = ledger.candidates
    left: dict[int, tuple[int, tuple[str, ...]]] = {}
    for number in by_priority(candidates):
        missing = candidates.problem.workloads[number].replicas or 0
        for own in sorted(
            ledger.offers(number).tolist(), key=lambda one: supply_of(ledger, one).price
        ):
            opened = ledger.open(int(candidates.supply[own]), missing)
            ledger.place(opened, np.full(opened.size, own), np.ones(opened.size, dtype=np.int64))
            missing -= opened.size
        left[number] = (missing, ("no node is left",))
    return left


def weights_and_a_fifth(problem: Problem) -> Plan:
    """Give a model of 16-bit weights the fewest GPUs that hold its weights and a fifth more.

    The KV cache is not sized by context. The replicas then go the cheapest way.
    """
    (gpu,) = {kind.gpu for kind in problem.instance_types if kind.gpu}
    sized = problem
    for workload in problem.workloads:
        assert workload.model is not None
        weights = 2 * parameters_of(workload.model)
        gpus = 1
        while weights * 1.2 > gpus * gpu.memory:
            gpus *= 2
        requests = {**workload.requests, gpu.resource: gpus}
        plain = workload.model_copy(update={"model": None, "requests": requests})
        sized = sized.with_workload(plain)
    return BASELINES["cheapest"](sized)


def one_template(problem: Problem) -> Plan:
    """Give every replica the number of GPUs that its pod template states, on types it was made for.

    The number is the smallest that any type needs; types that need more are not open to it. The
    replicas then go the cheapest way.
    """
    found = find_candidates(problem)
    narrowed = problem
    for number, workload in enumerate(problem.workloads):
        own = np.flatnonzero(found.workload == number)
        fewest = own[found.gpus[own] == found.gpus[own].min()]
        types = {found.supplies[int(found.supply[one])].type_name or "" for one in fewest}
        allowed = workload.instance_types.model_copy(update={"allow": tuple(sorted(types))})
        narrowed = narrowed.with_workload(workload.model_copy(update={"instance_types": allowed}))
    return BASELINES["cheapest"](narrowed)
