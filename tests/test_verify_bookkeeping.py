"""Plans whose bookkeeping is changed: each change is rejected by the name of the rule it breaks."""

from collections import Counter
from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from placement.plan import Plan
from placement.verify import RULES, verify
from tests.exhaustive import optimum
from tests.generate import random_problem
from tests.plan_of import plan_of
from tests.test_verify_mutations import PACKED_RULES

Json = dict[str, Any]


def _one(rng: Random, rows: list[Json]) -> Json | None:
    return rng.choice(rows) if rows else None


def _more_replicas(rng: Random, plan: Json) -> bool:
    row = _one(rng, plan["assignments"])
    if row:
        row["replicas"] += 1
    return bool(row)


def _lost_replicas(rng: Random, plan: Json) -> bool:
    if plan["unplaced"]:
        plan["unplaced"].pop()
        return True
    return False


def _fewer_on_a_node(rng: Random, plan: Json) -> bool:
    node = _one(rng, [node for node in plan["nodes"] if node["replicas"]])
    if node:
        node["replicas"].pop()
    return bool(node)


def _row_elsewhere(field: str, value: str | None) -> Callable[[Random, Json], bool]:
    def edit(rng: Random, plan: Json) -> bool:
        row = _one(rng, [row for row in plan["assignments"] if row[field] != value])
        if row:
            row[field] = value
        return bool(row)

    return edit


def _another_price(rng: Random, plan: Json) -> bool:
    node = _one(rng, plan["nodes"])
    if node:
        node["price"] = float(f"{node['price'] + 0.000001:.6f}")
    return bool(node)


def _other_gpus(rng: Random, plan: Json) -> bool:
    row = _one(rng, plan["assignments"])
    if row:
        row["gpus_per_replica"] += rng.choice((1, 2))
    return bool(row)


def _another_cost(field: str) -> Callable[[Random, Json], bool]:
    def edit(_: Random, plan: Json) -> bool:
        (plan["objective"] if field in plan["objective"] else plan)[field] += 0.01
        return True

    return edit


def _lower_bound(_: Random, plan: Json) -> bool:
    plan["lower_bound"] -= 0.001
    return bool(plan["objective"]["total"])


def _higher_bound(_: Random, plan: Json) -> bool:
    plan["lower_bound"] += 0.001
    return True


def _missing(field: str, state: str | None = None) -> Callable[[Random, Json], bool]:
    def edit(rng: Random, plan: Json) -> bool:
        row = _one(rng, [r for r in plan[field] if state in {None, r.get("state")}])
        if row and (field != "nodes" or row["node_pool"] is not None):
            plan[field].remove(row)
            return True
        return False

    return edit


def _twice(rng: Random, plan: Json) -> bool:
    node = _one(rng, plan["nodes"])
    if node:
        plan["nodes"].append(dict(node))
    return bool(node)


def _wrong_pool_count(rng: Random, plan: Json) -> bool:
    row = _one(rng, plan["node_pools"])
    if row:
        row[rng.choice(("nodes_now", "nodes_planned", "change"))] += 1
    return bool(row)


def _false_type(rng: Random, plan: Json) -> bool:
    node = _one(rng, plan["nodes"])
    if node:
        node[rng.choice(("instance_type", "zone", "node_pool"))] = "elsewhere"
    return bool(node)


def _no_plan(_: Random, plan: Json) -> bool:
    plan["status"] = "infeasible"
    return True


BOOKKEEPING: tuple[tuple[str, Callable[[Random, Json], bool]], ...] = (
    ("demand", _more_replicas),
    ("demand", _lost_replicas),
    ("packing", _more_replicas),
    ("packing", _fewer_on_a_node),
    ("packing", _row_elsewhere("zone", "elsewhere")),
    ("packing", _row_elsewhere("cluster", "elsewhere")),
    ("packing", _row_elsewhere("instance_type", "elsewhere")),
    ("packing", _twice),
    ("memory_fit", _other_gpus),
    ("nodes", _missing("nodes", "existing")),
    ("nodes", _missing("nodes", "released")),
    ("nodes", _false_type),
    ("node_pools", _missing("nodes", "new")),
    ("node_pools", _missing("node_pools")),
    ("node_pools", _wrong_pool_count),
    ("cost", _another_price),
    ("cost", _another_cost("cost_per_hour")),
    ("cost", _another_cost("nodes")),
    ("cost", _another_cost("risk")),
    ("cost", _another_cost("total")),
    ("cost", _another_cost("preferences")),
    ("cost", _another_cost("latency")),
    ("cost", _another_cost("egress")),
    ("bound", _lower_bound),
    ("bound", _higher_bound),
    ("bound", _another_cost("gap")),
    ("infeasible", _no_plan),
)


@pytest.mark.parametrize(("rule", "edit"), BOOKKEEPING)
def test_false_bookkeeping_is_rejected_by_the_name_of_its_rule(
    rule: str, edit: Callable[[Random, Json], bool]
) -> None:
    rejected = 0
    for seed in range(60):
        problem = random_problem(seed)
        answer = optimum(problem)
        if not answer.feasible:
            continue
        document = plan_of(problem, answer).model_dump(mode="json")
        if edit(Random(seed), document):
            broken = verify(problem, Plan.model_validate(document))
            assert rule in {violation.rule for violation in broken}, seed
            rejected += 1
    assert rejected >= 5


def test_a_true_claim_that_no_plan_exists_is_accepted_and_a_false_one_is_not() -> None:
    claims: Counter[bool] = Counter()
    for seed in range(300):
        problem = random_problem(seed)
        answer = optimum(problem)
        document = plan_of(problem, answer).model_dump(mode="json") | {"status": "infeasible"}
        for field in ("assignments", "nodes", "node_pools"):
            document[field] = []
        document["unplaced"] = [
            {"workload": w.key, "replicas": w.replicas} for w in problem.workloads if w.replicas
        ]
        broken = verify(problem, Plan.model_validate(document))
        assert [v.rule for v in broken] == (["infeasible"] if answer.feasible else []), seed
        claims[answer.feasible] += 1
    assert min(claims[True], claims[False]) >= 15


def test_every_rule_has_a_change_that_breaks_it() -> None:
    covered = {rule for rule, _ in BOOKKEEPING} | set(PACKED_RULES)
    covered |= {"users", "spot_share", "limit", "budget"}  # each in a file of tests of its own
    covered |= {"spread", "survive", "min_replicas", "colocation", "separation"}  # so are these
    covered |= {"load", "whole_nodes", "moves", "move_limit", "confidence"}
    assert covered == set(RULES)
