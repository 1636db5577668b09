"""Kubernetes label selectors: what they look like and what they match.

Source: Kubernetes API reference ``LabelSelector`` (v1.34): every part must hold, an empty selector
matches everything, and NotIn also matches objects without the key.
"""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field, model_validator

from placement.adapters.wire import Closed

__all__ = ["Selector"]


class _Expression(Closed):
    key: str
    operator: Literal["In", "NotIn", "Exists", "DoesNotExist"]
    values: list[str] = Field(default_factory=list)

    @model_validator(mode="after")
    def _values(self) -> "_Expression":
        if bool(self.values) != (self.operator in {"In", "NotIn"}):
            raise ValueError("In and NotIn need values; Exists and DoesNotExist take none")
        return self

    def matches(self, labels: Mapping[str, str]) -> bool:
        if self.operator == "Exists":
            return self.key in labels
        if self.operator == "DoesNotExist":
            return self.key not in labels
        return (labels.get(self.key) in self.values) == (self.operator == "In")


class Selector(Closed):
    """A label selector of a foreign object."""

    match_labels: dict[str, str] = Field(default_factory=dict)
    match_expressions: list[_Expression] = Field(default_factory=list)

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Return whether an object with these labels is selected."""
        return all(labels.get(key) == value for key, value in self.match_labels.items()) and all(
            expression.matches(labels) for expression in self.match_expressions
        )

    def fields(self) -> dict[str, Any]:
        """Return the selector in the contract's names."""
        return {
            "match_labels": self.match_labels,
            "match_expressions": [one.model_dump() for one in self.match_expressions],
        }
