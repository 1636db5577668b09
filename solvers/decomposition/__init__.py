"""Large fleets: relaxation by column generation, whole numbers, improvement by blocks."""

from placement.solvers.decomposition.strategy import Decomposition

__all__ = ["Decomposition"]
