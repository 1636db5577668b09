"""Where GPU inference replicas run across Kubernetes clusters, at the least cost per hour.

>>> from placement import Problem, place
>>> plan = place(Problem.model_validate(document))  # doctest: +SKIP
>>> print(plan.cost_per_hour, plan.assignments)  # doctest: +SKIP

Names load when they are first used, so that importing the package stays quick.
"""

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from placement.difference import PlanDifference, diff
    from placement.errors import AdapterError, InputError, Issue, PlacementError, SolverError
    from placement.place import Progress, place
    from placement.plan import Plan
    from placement.problem import Problem
    from placement.session import Session
    from placement.session_changes import (
        ClusterGone,
        DemandChange,
        PriceChange,
        StockChange,
        WorkloadAdded,
        WorkloadRemoved,
    )
    from placement.session_update import Update
    from placement.sweep import Loss, sweep
    from placement.verify import Violation, verify

__all__ = [
    "AdapterError",
    "ClusterGone",
    "DemandChange",
    "InputError",
    "Issue",
    "Loss",
    "PlacementError",
    "Plan",
    "PlanDifference",
    "PriceChange",
    "Problem",
    "Progress",
    "Session",
    "SolverError",
    "StockChange",
    "Update",
    "Violation",
    "WorkloadAdded",
    "WorkloadRemoved",
    "diff",
    "place",
    "sweep",
    "verify",
]

_HOMES = {
    "AdapterError": "placement.errors",
    "ClusterGone": "placement.session_changes",
    "DemandChange": "placement.session_changes",
    "InputError": "placement.errors",
    "Issue": "placement.errors",
    "Loss": "placement.sweep",
    "PlacementError": "placement.errors",
    "Plan": "placement.plan",
    "PlanDifference": "placement.difference",
    "PriceChange": "placement.session_changes",
    "Problem": "placement.problem",
    "Progress": "placement.place",
    "Session": "placement.session",
    "SolverError": "placement.errors",
    "StockChange": "placement.session_changes",
    "Update": "placement.session_update",
    "Violation": "placement.verify",
    "WorkloadAdded": "placement.session_changes",
    "WorkloadRemoved": "placement.session_changes",
    "diff": "placement.difference",
    "place": "placement.place",
    "sweep": "placement.sweep",
    "verify": "placement.verify",
}


class _Package(ModuleType):
    """The package; ``place``, ``sweep``, ``verify`` are functions in it, not their modules."""

    def __setattr__(self, name: str, value: object) -> None:
        if not (name in _HOMES and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'placement' has no attribute {name!r}")
    value: object = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


sys.modules[__name__].__class__ = _Package
