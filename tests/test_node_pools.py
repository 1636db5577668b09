"""Node-pool targets: what a plan asks of the pools, as a document."""

import pytest
import yaml

from placement.adapters.node_pools import node_pools
from placement.adapters.yaml_out import to_yaml
from placement.errors import AdapterError
from placement.plan import NodePlan, Plan, PoolPlan
from placement.problem import Problem

PROBLEM = Problem.model_validate(
    {
        "instance_types": [{"name": "big", "allocatable": {"cpu": 8}}],
        "offerings": [
            {"region": "north", "zone": zone, "instance_type": "big", "price": 1}
            for zone in ("n-a", "n-b")
        ],
        "clusters": [
            {
                "name": name,
                "region": "north",
                "zones": ["n-a", "n-b"],
                "node_pools": [{"name": pool, "instance_type": "big"} for pool in ("up", "down")],
            }
            for name in ("one", "two")
        ],
    }
)


def node(name: str, cluster: str, pool: str, state: str, zone: str | None) -> NodePlan:
    """Return a node of a plan."""
    return NodePlan.model_validate(
        {
            "name": name,
            "cluster": cluster,
            "node_pool": pool,
            "capacity_type": "on-demand",
            "zone": zone,
            "state": state,
            "price": 1,
        }
    )


def pool(cluster: str, name: str, now: int, planned: int) -> PoolPlan:
    """Return a pool of a plan."""
    return PoolPlan(
        cluster=cluster, node_pool=name, nodes_now=now, nodes_planned=planned, change=planned - now
    )


PLAN = Plan(
    status="optimal",
    node_pools=(
        pool("two", "up", 0, 3),
        pool("one", "up", 1, 1),
        pool("one", "down", 2, 0),
        pool("two", "down", 0, 0),
    ),
    nodes=(
        node("z", "one", "down", "released", "n-a"),
        node("a", "one", "down", "released", "n-b"),
        node("k", "one", "up", "existing", "n-b"),
        node("up-1", "two", "up", "new", "n-b"),
        node("up-2", "two", "up", "new", "n-a"),
        node("up-3", "two", "up", "new", "n-b"),
    ),
)

WRITTEN = """node_pools:
- cluster: one
  region: north
  node_pool: down
  instance_type: big
  capacity_type: on-demand
  nodes_now: 2
  nodes_planned: 0
  change: -2
  release:
  - a
  - z
- cluster: one
  region: north
  node_pool: up
  instance_type: big
  capacity_type: on-demand
  nodes_now: 1
  nodes_planned: 1
  change: 0
- cluster: two
  region: north
  node_pool: down
  instance_type: big
  capacity_type: on-demand
  nodes_now: 0
  nodes_planned: 0
  change: 0
- cluster: two
  region: north
  node_pool: up
  instance_type: big
  capacity_type: on-demand
  nodes_now: 0
  nodes_planned: 3
  change: 3
  add_in_zones:
    n-a: 1
    n-b: 2
"""


def test_targets_say_what_grows_where_and_which_nodes_go() -> None:
    assert to_yaml([node_pools(PLAN, PROBLEM)], sort=False) == WRITTEN


def test_the_order_of_the_plans_rows_changes_no_byte() -> None:
    backwards = PLAN.model_copy(
        update={"nodes": PLAN.nodes[::-1], "node_pools": PLAN.node_pools[::-1]}
    )
    assert to_yaml([node_pools(backwards, PROBLEM)], sort=False) == WRITTEN


def test_the_document_reads_back_as_it_was() -> None:
    document = node_pools(PLAN, PROBLEM)
    assert yaml.safe_load(to_yaml([document], sort=False)) == document


def test_a_pool_that_the_problem_lacks_is_an_error() -> None:
    plan = Plan(status="optimal", node_pools=(pool("one", "gone", 0, 1),))
    with pytest.raises(AdapterError, match=r"node_pools\[0\].*'one/gone'"):
        node_pools(plan, PROBLEM)
