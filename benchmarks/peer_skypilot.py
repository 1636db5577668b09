"""SkyPilot's chain of tasks as one problem: each task is a workload of one replica on one GPU.

A task names accelerators of which any will do. Every offer on demand of the catalog is there, in
every region, without stock, quotas or limits, so that nothing couples the tasks: the cost must be
the sum of each task's cheapest offer, which is what SkyPilot's optimizer looks for. With types of
several GPUs two tasks may share a node, which SkyPilot does not consider, and the cost is less.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from functools import cache, partial
from random import Random

from generator import CATALOG
from took import Took, median

from placement import Plan, Problem, place
from placement.adapters.catalogs import Catalog, read_catalog
from placement.problem.catalog import USUAL_GPU, InstanceType, Offering

__all__ = ["TASKS", "apart", "chain", "table"]

TASKS = 50
ANY_OF = 4  # accelerators that a task names
SEED = 0  # of the accelerators named
Size = tuple[int, int]
PEER: Size = (37, 30)  # types and regions of the catalog that SkyPilot was measured with
RUNS = 5  # of which the median is shown
HEAD = (
    "| tasks | types × regions, offers | $/h | their cheapest apart $/h | proven | seconds | CPU |"
    "\n| ---: | --- | ---: | ---: | --- | ---: | ---: |"
)


def chain(
    tasks: int = TASKS, *, shared: bool = False, size: Size | None = None, seed: int = SEED
) -> Problem:
    """Return the tasks as a problem.

    Parameters
    ----------
    shared
        Whether types of several GPUs are on offer too.
    size
        How many types and regions, those with most offers; absent: all.
    """
    types, offers = _on_offer(shared, size)
    sold: dict[str, set[str]] = defaultdict(set)
    for row in offers:
        sold[row.region].add(row.instance_type)
    used = sorted(set().union(*sold.values()))
    models = sorted({gpu.model for name in used if (gpu := types[name].gpu)})
    draw = Random(seed)
    return Problem.model_validate(
        {
            "instance_types": [types[name] for name in used],
            "offerings": offers,
            "clusters": [
                {
                    "name": region,
                    "region": region,
                    "node_pools": [{"name": name, "instance_type": name} for name in sorted(names)],
                }
                for region, names in sorted(sold.items())
            ],
            "workloads": [
                {
                    "name": f"task-{number:02}",
                    "replicas": 1,
                    "requests": {USUAL_GPU: 1},
                    "gpu_models": {"allow": draw.sample(models, ANY_OF)},
                }
                for number in range(tasks)
            ],
        }
    )


def _on_offer(shared: bool, size: Size | None) -> tuple[dict[str, InstanceType], list[Offering]]:
    """Return the types by name, and what is on offer of them; see :func:`chain`."""
    catalog = _catalog()
    types = {
        kind.name: kind
        for kind in catalog.types()
        if kind.gpu and kind.gpu.resource == USUAL_GPU and (shared or kind.gpu.count == 1)
    }
    offers = [
        row
        for row in catalog.offerings()
        if row.instance_type in types and row.capacity_type == "on-demand" and row.zone is None
    ]
    if size is not None:
        offers = _widest(_widest(offers, "region", size[1]), "instance_type", size[0])
    return types, offers


def apart(problem: Problem) -> float:
    """Return the sum over all tasks of the cheapest offer of an accelerator that it names."""
    cheapest: dict[str, float] = {}
    for row in problem.offerings:
        gpu = problem.types[row.instance_type].gpu
        assert gpu is not None
        cheapest[gpu.model] = min(row.price, cheapest.get(gpu.model, row.price))
    return sum(
        min(cheapest[model] for model in task.gpu_models.allow) for task in problem.workloads
    )


def table(wrong: list[str]) -> Iterator[str]:
    """Yield a Markdown table; a cost that is not what it must be goes to ``wrong`` too."""
    yield from HEAD.split("\n")
    for shared, size in ((False, PEER), (False, None), (True, None)):
        problem = chain(shared=shared, size=size)
        plan, took = median(partial(place, problem), RUNS)
        more = plan.cost_per_hour - apart(problem)
        if more > 1e-6 or (not shared and more < -1e-6):
            wrong.append(f"skypilot, {'shared' if shared else 'alone'}: {more:+.6f} per hour")
        yield _row(problem, plan, took)


def _row(problem: Problem, plan: Plan, took: Took) -> str:
    size = f"{len(problem.instance_types)} × {len(problem.clusters)}, {len(problem.offerings):,}"
    cells = [
        str(len(problem.workloads)),
        size,
        f"{plan.cost_per_hour:.3f}",
        f"{apart(problem):.3f}",
        "yes" if plan.status == "optimal" else "no",
        *took.cells,
    ]
    return f"| {' | '.join(cells)} |"


def _widest(offers: Sequence[Offering], by: str, count: int) -> list[Offering]:
    """Return the offers of so many types or regions, those that have most of them."""
    number = Counter(getattr(row, by) for row in offers)
    kept = sorted(number, key=lambda name: (-number[name], name))[:count]
    return [row for row in offers if getattr(row, by) in kept]


@cache
def _catalog() -> Catalog:
    return read_catalog(CATALOG)
