"""All scenarios, by family, in the order of the page."""

from collections.abc import Callable, Mapping

from tests.replay import capacity, cost, explain, many_workloads, nodes, shapes, stability
from tests.replay.scenario import Scenario

__all__ = ["FAMILIES"]

FAMILIES: Mapping[str, tuple[Callable[[], Scenario], ...]] = {
    "Capacity that does not exist yet": capacity.SCENARIOS,
    "Cost": (*cost.SCENARIOS, *nodes.SCENARIOS),
    "Many workloads at once": many_workloads.SCENARIOS,
    "GPU shapes, memory, fragmentation": shapes.SCENARIOS,
    "Stability, moves, preemption": stability.SCENARIOS,
    "Reasons, spread, rules of one's own": explain.SCENARIOS,
}
