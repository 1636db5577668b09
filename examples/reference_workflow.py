"""The reference workflow: four replicas over two clusters without GPU nodes, then two, then none.

The manifests of ``examples/reference`` go in as they are: a Deployment, ACK One's propagation
policy, and the fleet with what each region has in stock. What a plan buys runs in the next step,
and what is no longer needed is let go.
"""

from pathlib import Path

from placement import Plan, Problem, place
from placement.adapters.bindings import bindings
from placement.adapters.problems import read_problem
from placement.adapters.yaml_out import to_yaml
from placement.problem import Node

REFERENCE = Path(__file__).parent / "reference"


def then(problem: Problem, plan: Plan, replicas: int) -> Problem:
    """Return the problem once the plan has come true and the Deployment is scaled."""
    kinds = problem.types
    clusters = []
    for cluster in problem.clusters:
        nodes = tuple(
            Node(
                name=node.name,
                node_pool=node.node_pool,
                free=kinds[node.instance_type or ""].model_dump()["allocatable"]
                | {"nvidia.com/gpu": 1},  # its replicas are placed anew, so all of it is free
                releasable=True,
            )
            for node in plan.nodes
            if node.cluster == cluster.name and node.state != "released"
        )
        clusters.append(cluster.model_copy(update={"nodes": nodes}))
    offerings = tuple(row.model_copy(update={"stock": 0}) for row in problem.offerings)
    workloads = tuple(w.model_copy(update={"replicas": replicas}) for w in problem.workloads)
    return problem.model_copy(
        update={"clusters": tuple(clusters), "offerings": offerings, "workloads": workloads}
    )


def show(title: str, plan: Plan) -> None:
    """Print what a plan does, in three lines."""
    print(f"{title}: {plan.status}, {plan.cost_per_hour:.2f} {plan.currency} per hour")
    rows = (f"{row.replicas} in {row.cluster}" for row in plan.assignments)
    print(f"  replicas: {', '.join(rows) or 'none'}")
    pools = (f"{pool.cluster} {pool.nodes_now} -> {pool.nodes_planned}" for pool in plan.node_pools)
    print(f"  nodes: {', '.join(pools)}")


def main() -> None:
    """Run the workflow."""
    loaded = read_problem([REFERENCE])
    four = place(loaded.problem)
    show("four replicas", four)
    two_problem = then(loaded.problem, four, replicas=2)
    two = place(two_problem)
    show("scaled to two", two)
    show("scaled to none", place(then(two_problem, two, replicas=0)))
    print("\n" + to_yaml(bindings(four, loaded.problem, loaded.objects)), end="")


if __name__ == "__main__":
    main()
