"""A large fleet solved on many machines: parts of the search go to a dask cluster.

Here the cluster is two processes on this machine; ``Client("tcp://scheduler:8786")`` in place of
``LocalCluster`` is one of many. Types and prices are real (benchmarks/data/catalog); **made up**,
from a seed, are clusters, stock and demand. Needs ``pip install 'placement[dask]'``.
"""

from pathlib import Path
from random import Random
from typing import Any

from dask.distributed import Client, LocalCluster

from placement import Progress, place
from placement.adapters.catalogs import read_catalog
from placement.problem import Offering, Problem

CATALOG = Path(__file__).parents[1] / "benchmarks" / "data" / "catalog"
FAMILIES = ("g5", "g6", "g6e", "p4d", "p5")
MODELS = ("0.6B", "1.7B", "4B", "8B", "14B", "32B")
PER_REGION = 3  # clusters


def fleet(workloads: int, seed: int = 0) -> Problem:
    """Return workloads of six models over clusters in every AWS region of the catalog."""
    random, catalog = Random(seed), read_catalog(CATALOG)
    types = [kind for kind in catalog.types() if kind.name.split(".")[0] in FAMILIES]
    rows = catalog.offerings(instance_types={kind.name for kind in types})
    offers = [row for row in rows if row.zone is None and row.capacity_type == "on-demand"]
    regions = sorted({row.region for row in offers})
    clusters = [
        _cluster(random, f"{region}-{number}", region, offers)
        for region in regions
        for number in range(PER_REGION)
    ]
    most = workloads // 30
    stock = [row.model_copy(update={"stock": random.randint(0, most)}) for row in offers]
    asked: list[Any] = [_workload(random, number, regions) for number in range(workloads)]
    return Problem(
        instance_types=tuple(types), offerings=tuple(stock), clusters=clusters, workloads=asked
    )


def _cluster(random: Random, name: str, region: str, offers: list[Offering]) -> Any:
    """Return a cluster with a node pool for two thirds of what its region offers."""
    here = sorted(row.instance_type for row in offers if row.region == region)
    kinds = [kind for kind in here if random.random() < 2 / 3] or here
    pools = [{"name": kind, "instance_type": kind, "max_nodes": 20} for kind in kinds]
    return {"name": name, "provider": "aws", "region": region, "node_pools": pools}


def _workload(random: Random, number: int, regions: list[str]) -> Any:
    """Return a workload that may run in five regions."""
    return {
        "name": f"chat-{number:04}",
        "model": f"Qwen/Qwen3-{random.choice(MODELS)}",
        "replicas": random.randint(1, 12),
        "serving": {"max_model_len": random.choice((4096, 8192, 16384))},
        "requests": {"cpu": random.randint(1, 8), "memory": f"{random.randint(4, 40)}Gi"},
        "cluster_affinity": {"regions": sorted(random.sample(regions, 5))},
    }


def told(progress: Progress) -> None:
    """Print how far the search is."""
    best = f"{progress.best:,.2f}, gap {progress.gap:.3%}"
    print(f"{progress.seconds:5.1f} s  {progress.stage} {best}")


def main() -> None:
    """Solve the fleet on two worker processes, then without them, and compare."""
    problem = fleet(1_000)
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        Client(cluster) as client,
    ):
        plan = place(problem, executor=client.get_executor(), progress=told)
    cost = f"{plan.cost_per_hour:,.2f} {plan.currency} per hour"
    print(f"{plan.strategy}: {plan.replicas_placed} replicas, {cost}, proven to {plan.gap:.3%}")
    alone = place(problem)
    print(f"without the cluster the same plan: {alone.fingerprint() == plan.fingerprint()}")


if __name__ == "__main__":  # worker processes import this file
    main()
