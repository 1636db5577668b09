"""Greedy baselines: each the faithful rule of something that people use. See docs/baselines.md."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from placement.candidates import Candidates
    from placement.plan import Plan
    from placement.problem import Problem

__all__ = ["BASELINES", "UNKNOWN", "Baseline"]


@dataclass(frozen=True, slots=True)
class Baseline:
    """A greedy rule by name: call it with a problem to get its plan."""

    name: str

    def __call__(self, problem: "Problem", candidates: "Candidates | None" = None) -> "Plan":
        """Return the plan; its numerical parts are imported on the first call.

        Parameters
        ----------
        candidates
            Of this very problem, where they are known already; they are not changed.
        """
        rules = import_module("placement.solvers.greedy.run")
        return cast("Plan", rules.run(self.name, problem, candidates))


BASELINES: Mapping[str, Baseline] = MappingProxyType(
    {
        name: Baseline(name)
        for name in (
            "karmada",
            "karmada-aggregated",
            "karmada-static",
            "inventory",
            "cheapest",
            "ffd",
        )
    }
)
"""Every baseline by its name, in the order in which they are shown."""

UNKNOWN = frozenset(
    {
        "budget",
        "colocation",
        "confidence",
        "limit",
        "min_replicas",
        "move_limit",
        "separation",
        "spot_share",
        "spread",
        "survive",
    }
)
"""The verifier's names of the rules that no baseline knows: plans that break them alone are sound
by their maker's own lights."""
