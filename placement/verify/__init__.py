"""The independent judge of plans: one file a rule, no formulation, no solver, no NumPy."""

from placement.verify.judge import verify
from placement.verify.violation import RULES, Violation

__all__ = ["RULES", "Violation", "verify"]
