"""Repairs give up as little of a promise as can be, though more of it would cost less."""

from typing import Any

import pytest

from placement import Problem, place
from placement.relaxing import relaxables
from placement.repairs import repair
from tests.judged_reasons import fits
from tests.reasons_fleet import GPU, fleet

Json = dict[str, Any]
POOL = {"node_pools": [{"name": "gpu", "instance_type": "a10"}]}
BOTH = {"capacity_types": ["on-demand", "spot"]}
BIG_FIRST = {
    "node_pools": [
        {"name": "gpu", "instance_type": "a10"},
        {"name": "big", "instance_type": "h100x2", "min_nodes": 2},
    ],
    "limits": {"nvidia.com/gpu": 5},
}
SPOT = {
    "node_pools": [
        {"name": "steady", "instance_type": "a10"},
        {"name": "spot", "instance_type": "a10", "capacity_type": "spot"},
    ]
}


def offer(region: str, price: float, **fields: Any) -> Json:
    return {"region": region, "instance_type": "a10", "price": price, **fields}


def regions(workload: Json, *offers: Json, **changes: Any) -> Problem:
    """Return a cluster for each offer of A10."""
    clusters = [{"name": row["region"], "region": row["region"], **POOL} for row in offers]
    chat = {"name": "chat", "requests": GPU, **workload}
    return fleet(chat, offerings=list(offers), clusters=clusters, **changes)


def spread(**bounds: Any) -> Json:
    return {"spread": [{"by": "region", **bounds}]}


def survive(**keeps: Any) -> Json:
    return {"survive": [{"loss_of": "region", **keeps}]}


def two_regions(workload: Json) -> Problem:
    """Return a cheap region and a dear one, which has one node."""
    return regions(workload, offer("eu", 1.0), offer("us", 2.0, stock=1))


def spot_share() -> Problem:
    """Return two nodes that are not spot, for four replicas of which one may be on spot."""
    offers = [offer("eu", 1.0, stock=2), offer("eu", 0.4, capacity_type="spot")]
    chat = {"name": "chat", "replicas": 4, "requests": GPU, "max_spot_fraction": 0.25, **BOTH}
    return fleet(chat, cluster=SPOT, offerings=offers)


def least_nodes() -> Problem:
    """Return two dear nodes that a pool must have, and three replicas that may not use them."""
    chat = {"name": "chat", "replicas": 3, "requests": GPU, "gpu_models": {"deny": ["H100"]}}
    big = {"region": "eu", "instance_type": "h100x2", "price": 9.0}
    return fleet(chat, cluster=BIG_FIRST, offerings=[offer("eu", 1.0), big])


def latency() -> Problem:
    """Return users of whom no region is within 20 ms; the farthest one is cheapest."""
    users = {"regions": {"us": 1.0}, "max_ms": 20.0}
    edges = [{"from": "us", "to": "eu", "ms": 81.5}, {"from": "us", "to": "sa", "ms": 40.0}]
    offers = [offer("eu", 1.0), offer("sa", 2.0)]
    return regions({"replicas": 3, "users": users}, *offers, network={"latency_ms": edges})


def moves() -> Problem:
    """Return three replicas that run in the dear region, of which two have to go."""
    runs = [{"cluster": "us", "node_pool": "gpu", "replicas": 3}]
    offers = [offer("eu", 1.0, stock=4), offer("us", 3.0, stock=1)]
    wanted = {"replicas": 3, "current": runs, "max_spot_fraction": 1.0}
    return regions(wanted, *offers, objective={"max_moves": 1})


def a_load() -> Problem:
    """Return four nodes, of which two carry the load and five are asked for."""
    load = {"amount": 2.0, "per_replica": {"a10": 1.0}}
    return regions({"load": load, "min_replicas": 5}, offer("eu", 1.0, stock=4))


# The problem, the change, its cost, that without the rule; a figure that is as near as can be told.
Case = tuple[Problem, str, float, float, float]
CASES: dict[str, Case] = {
    "survive, a share": (
        two_regions({"replicas": 4, **survive(keep=0.5)}),
        "default/chat: survive loss of region: keep 0.5 -> 0.25",
        *(5.0, 4.0, 0.250001),
    ),
    "survive, a number": (
        two_regions({"replicas": 7, **survive(keep_replicas=3)}),
        "default/chat: survive loss of region: keep_replicas 3 -> 1",
        *(8.0, 7.0, 2),
    ),
    "min_groups": (
        two_regions({"replicas": 4, **spread(min_groups=4)}),
        "default/chat: spread by region: min_groups 4 -> 2",
        *(5.0, 4.0, 3),
    ),
    "max_skew": (
        two_regions({"replicas": 5, **spread(max_skew=1)}),
        "default/chat: spread by region: max_skew 1 -> 3",
        *(6.0, 5.0, 2),
    ),
    "max_fraction": (
        regions({"replicas": 3, **spread(max_fraction=0.5)}, offer("eu", 1.0), offer("us", 2.0)),
        "default/chat: spread by region: max_fraction 0.5 -> 0.666667",
        *(4.0, 3.0, 0.666666),
    ),
    "max_spot_fraction": (
        spot_share(),
        "default/chat: max_spot_fraction 0.25 -> 0.5",
        *(2.8, 1.6, 0.499999),
    ),
    "min_nodes": (least_nodes(), "min_nodes of c/big: 2 -> 1", 12.0, 3.0, 2),
    "max_ms": (latency(), "default/chat: users.max_ms 20 -> 40", 6.0, 3.0, 39.999),
    "max_moves": (moves(), "objective.max_moves: 1 -> 2", 5.0, 3.0, 1),
    "min_replicas": (a_load(), "default/chat: min_replicas 5 -> 4", 4.0, 2.0, 5),
}


@pytest.mark.parametrize("name", CASES)
def test_the_bound_given_is_the_least_one_that_holds(name: str) -> None:
    problem, words, cost, without, nearer = CASES[name]
    found = repair(problem, place(problem))
    assert found is not None
    assert (found.changes, found.cost, found.without) == ((words,), cost, without)
    assert found.proven
    assert fits(place(found.problem))
    (rule,) = found.rules
    assert rule in relaxables(problem)
    assert not fits(place(rule.with_figure(problem, nearer)))


def test_a_stock_is_raised_where_that_costs_less_than_the_least_of_a_promise() -> None:
    """Without the survival all would cost 4, but a quarter of it costs 12; two nodes more, 6."""
    offers = [offer("eu", 1.0), offer("us", 2.0, stock=0), offer("asia", 9.0, stock=1)]
    problem = regions({"replicas": 4, **survive(keep=0.5)}, *offers)
    found = repair(problem, place(problem))
    assert found is not None
    assert found.changes == ("stock of a10 (on-demand) in us: 0 -> 2",)
    assert (found.cost, found.proven) == (6.0, True)


def test_a_survival_that_keeps_a_share_and_a_number_gives_both_by_as_little() -> None:
    problem = two_regions({"replicas": 5, **survive(keep=0.5, keep_replicas=2)})
    found = repair(problem, place(problem))
    assert found is not None
    assert found.changes == (
        "default/chat: survive loss of region: keep 0.5 and 2 replicas -> 0.2 and 1 replicas",
    )
    assert (found.cost, found.without) == (6.0, 5.0)
