"""Objects of other programs' APIs: the fields that matter here, checked; the rest left alone."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic.alias_generators import to_camel
from pydantic.fields import FieldInfo

from placement.adapters.documents import Document
from placement.adapters.findings import Findings
from placement.errors import Issue, nearest
from placement.problem.issues import issues_of

__all__ = ["Closed", "Metadata", "Wire", "read_wire"]


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
        details = error.errors(include_url=False)
        issues = issues_of(error, model, document.content)
        for detail, issue in zip(details, issues, strict=True):
            rule = issue.rule.replace("the fields of the contract", "the fields of its API")
            if detail["type"] == "extra_forbidden":
                *above, name = detail["loc"]
                known = (one.alias or "" for one in _fields(model, above).values())
                rule = f"the field {name!r} is not known{nearest(str(name), known)}"
            findings.issues.append(_placed(issue, rule, document))
        return None


def _placed(issue: Issue, rule: str, document: Document) -> Issue:
    return replace(issue, path=document.at(issue.path), source=document.source, rule=rule)


def _fields(model: type[BaseModel], path: Sequence[int | str]) -> Mapping[str, FieldInfo]:
    """Return the fields of the part that ``path`` leads to; none where it is no part."""
    for step in path:
        if isinstance(step, int):
            continue
        found = next((one for one in model.model_fields.values() if one.alias == step), None)
        below = next(_models(found.annotation), None) if found else None
        if below is None:
            return {}
        model = below
    return model.model_fields


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    """Yield the model classes within an annotation."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models(argument)
