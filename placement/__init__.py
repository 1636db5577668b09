"""Where GPU inference replicas run across Kubernetes clusters, at the least cost per hour.

>>> from placement import Problem, place
>>> plan = place(Problem.model_validate(document))  # doctest: +SKIP
>>> print(plan.cost_per_hour, plan.assignments)  # doctest: +SKIP
"""

from placement.errors import AdapterError, InputError, Issue, PlacementError, SolverError
from placement.place import Progress, place
from placement.plan import Plan
from placement.problem import Problem
from placement.verify import Violation, verify

__all__ = [
    "AdapterError",
    "InputError",
    "Issue",
    "PlacementError",
    "Plan",
    "Problem",
    "Progress",
    "SolverError",
    "Violation",
    "place",
    "verify",
]
