"""The rules of a problem that an operator could change, each as a value."""

from placement.relaxing.listing import figures, relaxables
from placement.relaxing.rule import Figure, Relaxable, relaxed

__all__ = ["Figure", "Relaxable", "figures", "relaxables", "relaxed"]
