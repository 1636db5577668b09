"""The judge on ``survive``: the worst loss, of one group or several, and what it must leave."""

from typing import Any

import pytest

from placement.problem import Problem
from tests.two_regions import fleet, workload
from tests.written_plan import New, broken, written

Held = dict[str, int]
W = {"w": 1}


def judged(rule: dict[str, Any], running: Held, new: list[New], **fields: Any) -> set[str]:
    problem = fleet(workload(survive=[rule], **fields))
    return broken(problem, plan_for(problem, running, new))


def plan_for(problem: Problem, running: Held, new: list[New]) -> Any:
    loads = {name: {"w": count} for name, count in running.items()}
    return written(problem, {"e2": None, **loads}, new)


# Each row: whether the rule holds, the rule, replicas on running nodes, and new nodes.
ROWS: list[tuple[bool, dict[str, Any], Held, list[New]]] = [
    (True, {"loss_of": "region", "keep": 0.5}, {"e1": 2, "w1": 2}, []),
    (False, {"loss_of": "region", "keep": 0.5}, {"e1": 3, "w1": 2}, []),  # 2 of 5, not 2.5
    (True, {"loss_of": "region", "keep": 0.4}, {"e1": 3, "w1": 2}, []),
    (False, {"loss_of": "region", "keep": 0.400001}, {"e1": 3, "w1": 2}, []),
    (False, {"loss_of": "region", "keep": 0.1}, {"e1": 3, "e2": 2}, []),
    (True, {"loss_of": "region", "keep_replicas": 2}, {"e1": 3, "w1": 2}, []),
    (False, {"loss_of": "region", "keep_replicas": 3}, {"e1": 3, "w1": 2}, []),
    # both hold where both are given
    (False, {"loss_of": "region", "keep": 0.1, "keep_replicas": 3}, {"e1": 3, "w1": 2}, []),
    (False, {"loss_of": "region", "keep": 0.5, "keep_replicas": 1}, {"e1": 3, "w1": 2}, []),
    # zones of the same name are lost one by one
    (True, {"loss_of": "zone", "keep": 0.5}, {"e1": 2, "w1": 2}, []),
    (False, {"loss_of": "zone", "keep": 0.5}, {"e1": 2}, [("e-plain", "a", {"w": 2})]),
    (True, {"loss_of": "zone", "keep": 0.5}, {"e1": 2}, [("e-plain", "b", {"w": 2})]),
    # several at once
    (True, {"loss_of": "node", "keep": 0.25, "groups": 3}, {"e1": 1, "e2": 1, "w1": 1, "m": 1}, []),
    (False, {"loss_of": "node", "keep": 0.5, "groups": 3}, {"e1": 1, "e2": 1, "w1": 1, "m": 1}, []),
    (True, {"loss_of": "node", "keep": 0.5, "groups": 2}, {"e1": 1, "e2": 1, "w1": 1, "m": 1}, []),
    (False, {"loss_of": "node", "keep": 0.5, "groups": 2}, {"e1": 2, "e2": 1, "w1": 1, "m": 1}, []),
    (False, {"loss_of": "node", "keep_replicas": 1, "groups": 9}, {"e1": 1, "w1": 1}, []),
    # what lacks the key outlives: no pool, no zone, no such label
    (True, {"loss_of": "node_pool", "keep": 0.5}, {"e1": 2, "m": 2}, []),
    (False, {"loss_of": "node_pool", "keep": 0.5}, {"e1": 2, "e2": 2}, []),
    (True, {"loss_of": "zone", "keep": 1.0}, {"m": 2}, [("z-plain", None, W)]),
    (True, {"loss_of": "rack", "keep": 1.0}, {"w1": 2}, []),
    (False, {"loss_of": "rack", "keep": 0.5}, {"w1": 1, "e1": 2}, []),
    (True, {"loss_of": "instance_type", "keep": 0.5}, {"e1": 2, "m": 2}, []),
    # a zone that is left open could be any of them
    (False, {"loss_of": "zone", "keep": 0.01}, {"m": 3}, [("e-plain", None, W)]),
    (True, {"loss_of": "cluster", "keep": 0.5}, {"w1": 1}, [("e-plain", None, W)]),
    (
        False,
        {"loss_of": "topology.kubernetes.io/zone", "keep": 0.01},
        {"m": 3},
        [("e-plain", None, W)],
    ),
    # all spot nodes together
    (True, {"loss_of": "spot", "keep": 0.5}, {"e1": 2}, [("e-spot", "a", W), ("e-spot", "b", W)]),
    (False, {"loss_of": "spot", "keep": 0.5}, {"e1": 1}, [("e-spot", "a", W), ("e-spot", "b", W)]),
    (True, {"loss_of": "spot", "keep": 1.0}, {"e1": 2, "m": 1}, []),
    (False, {"loss_of": "capacity_type", "keep": 0.5}, {"e1": 2}, [("e-spot", "a", W)]),
    (False, {"loss_of": "provider", "keep": 0.5}, {"e1": 2, "w1": 1}, []),
    (True, {"loss_of": "provider", "keep": 0.3}, {"e1": 2, "w1": 1}, []),
]


@pytest.mark.parametrize(("holds", "rule", "running", "new"), ROWS)
def test_plans_break_survive_alone_where_the_worst_loss_leaves_too_little(
    holds: bool, rule: dict[str, Any], running: Held, new: list[New]
) -> None:
    assert judged(rule, running, new) == (set() if holds else {"survive"})


def test_where_nothing_is_placed_nothing_has_to_outlive() -> None:
    assert judged({"loss_of": "region", "keep_replicas": 4}, {}, []) == set()


def test_of_a_replica_over_several_nodes_every_node_counts() -> None:
    rule = {"loss_of": "region", "keep_replicas": 1}
    wide = workload(survive=[rule], nodes_per_replica=2, requests={"cpu": 1, "nvidia.com/gpu": 2})
    east: list[New] = [("e-duo", "a", {"w": part}) for part in ("1/2", "2/2")]
    west: list[New] = [("w-duo", "b", {"w": part}) for part in ("1/2", "2/2")]
    problem = fleet(wide)
    assert broken(problem, plan_for(problem, {}, [*east, *west])) == set()
    more = fleet(wide | {"survive": [rule | {"keep_replicas": 2}]})
    assert broken(more, plan_for(more, {}, [*east, *west])) == {"survive"}
    one_node = fleet(wide | {"survive": [{"loss_of": "node", "keep": 0.75}]})
    assert broken(one_node, plan_for(one_node, {}, [*east, *west])) == set()


def test_every_loss_is_judged_by_itself() -> None:
    rules = [{"loss_of": "region", "keep": 0.5}, {"loss_of": "node", "keep": 0.75}]
    problem = fleet(workload(survive=rules))
    spread = {"e1": 1, "e2": 1, "w1": 1}
    assert broken(problem, plan_for(problem, spread, [("w-plain", "b", W)])) == set()
    assert broken(problem, plan_for(problem, {"e1": 2, "w1": 2}, [])) == {"survive"}
    assert broken(problem, plan_for(problem, {"e1": 1, "e2": 1, "w1": 2}, [])) == {"survive"}
