"""The level of replicas of loads counts replicas, whatever number of nodes each one takes."""

from placement import Problem, place, verify
from tests.agreement import agrees

GPU = "nvidia.com/gpu"


def loaded(nodes: int, stock: int = 8) -> Problem:
    """Return a load that two replicas carry, of each of which several nodes are needed."""
    load = {"unit": "requests/s", "amount": 2.0, "per_replica": {"t": 1.0}}
    return Problem.model_validate(
        {
            "currency": "USD",
            "instance_types": [
                {
                    "name": "t",
                    "gpu": {"model": "L4", "count": 1, "memory": "24Gi"},
                    "allocatable": {"cpu": 4},
                }
            ],
            "offerings": [{"region": "r", "instance_type": "t", "price": 1.0, "stock": stock}],
            "clusters": [
                {"name": "c", "region": "r", "node_pools": [{"name": "p", "instance_type": "t"}]}
            ],
            "workloads": [
                {
                    "name": "wide",
                    "nodes_per_replica": nodes,
                    "min_replicas": 2,
                    "requests": {GPU: 1},
                    "load": load,
                },
                {"name": "single", "min_replicas": 2, "requests": {GPU: 1}, "load": load},
            ],
        }
    )


def test_replicas_of_loads_over_several_nodes_count_once() -> None:
    for nodes in (1, 2, 3):
        problem = loaded(nodes)
        plan = place(problem)
        (level,) = (level for level in plan.levels if level.level == "replicas")
        assert verify(problem, plan) == ()
        assert sum(row.replicas for row in plan.assignments) == 4
        assert (level.value, level.bound) == (4.0, 4.0)


def test_loads_over_several_nodes_are_those_of_exhaustive_search() -> None:
    for stock in (1, 2, 4, 5):
        agrees(loaded(2, stock), stock)
