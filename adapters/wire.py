"""Objects of other programs' APIs: the fields that matter here, checked; the rest left alone."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic.alias_generators import to_camel

from placement.adapters.documents import Document
from placement.adapters.findings import Findings
from placement.errors import Issue
from placement.problem.issues import issues_of

__all__ = ["Closed", "Metadata", "Wire", "read_wire"]

_GUESS = re.compile(r"did you mean '(\w+)'")


class Wire(BaseModel):
    """A part of a foreign object, by its camelCase names; null is the same as absent."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True, alias_generator=to_camel)

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, data: Any) -> Any:
        if not isinstance(data, Mapping):
            return data
        return {key: value for key, value in data.items() if value is not None}


class Closed(Wire):
    """A part that refuses fields it does not know, for one ignored could make a plan wrong."""

    model_config = ConfigDict(extra="forbid")


class _Owner(Wire):
    kind: str = ""
    controller: bool = False


class Metadata(Wire):
    """What every Kubernetes object says of itself."""

    name: str = Field(min_length=1)
    namespace: str = ""
    labels: dict[str, str] = Field(default_factory=dict)
    uid: str = ""
    resource_version: str = ""
    deletion_timestamp: str = ""
    owner_references: list[_Owner] = Field(default_factory=list)

    @property
    def is_owned(self) -> bool:
        """Return whether a controller made this object for another one, which counts instead."""
        return any(owner.controller for owner in self.owner_references)


_Read = TypeVar("_Read", bound=Wire)


def read_wire(model: type[_Read], document: Document, findings: Findings) -> _Read | None:
    """Return a document as ``model``, or None where it breaks the API's rules, now in findings."""
    try:
        return model.model_validate(document.content)
    except ValidationError as error:
        for issue in issues_of(error, model, document.content):
            findings.issues.append(_placed(issue, document))
        return None


def _placed(issue: Issue, document: Document) -> Issue:
    """Return an issue with its place in the document, and the API's spelling in its guess."""
    rule = _GUESS.sub(lambda found: f"did you mean {to_camel(found[1])!r}", issue.rule)
    rule = rule.replace("the fields of the contract", "the fields of its API")
    return replace(issue, path=document.at(issue.path), source=document.source, rule=rule)
