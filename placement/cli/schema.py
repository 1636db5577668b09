"""``placement schema``: what problem and plan look like, for editors and other programs."""

import json
from typing import Annotated, Any, Literal, TypeAlias

import typer

from placement.cli.streams import emit_document
from placement.errors import InputError, Issue

__all__ = ["Which", "document_schema", "schema_command", "schema_text"]

Which: TypeAlias = Literal["problem", "plan"]
_OPTIONAL = {"part"}  # written where a replica is on several nodes
_DIALECT = "https://json-schema.org/draft/2020-12/schema"

_Problem = Annotated[bool, typer.Option("--problem", help="The problem's schema alone.")]
_Plan = Annotated[bool, typer.Option("--plan", help="The plan's schema alone.")]


def schema_command(problem: _Problem = False, plan: _Plan = False) -> None:
    """Print the JSON Schema of problem and plan.

    Editors check and complete problem documents by it; programs that read plans learn what each
    field holds. Field names are in snake_case there; the camelCase spellings are read, too.

    Examples
    --------
      placement schema --problem > problem.schema.json
      placement schema | jq .plan.properties

    Exit codes: 0, or 2 for a bad command line.
    """
    if problem and plan:
        rule = "means that schema alone, so give one of the two, or neither for both"
        raise InputError([Issue(path="", rule=rule, source="--problem --plan")])
    if problem or plan:
        emit_document(schema_text("problem" if problem else "plan"))
    else:
        both = {"problem": document_schema("problem"), "plan": document_schema("plan")}
        emit_document(_text(both))


def schema_text(which: Which) -> str:
    """Return one schema as JSON: fixed order, two spaces, one line feed at the end."""
    return _text(document_schema(which))


def document_schema(which: Which) -> dict[str, Any]:
    """Return the schema of a problem as it may be written, or of a plan as it is written."""
    from placement.plan import Plan
    from placement.problem import Problem

    if which == "problem":
        schema = Problem.model_json_schema(mode="validation")
    else:
        schema = _with_every_field(Plan.model_json_schema(mode="serialization"))
    head = {"$schema": _DIALECT, "$id": f"urn:placement:schema:{which}"}
    plain = _plain(schema)
    assert isinstance(plain, dict)
    return {**head, **plain}


def _with_every_field(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a schema in which every field is required that a plan is always written with."""
    for part in (schema, *schema["$defs"].values()):
        if "properties" in part:
            part["required"] = [name for name in part["properties"] if name not in _OPTIONAL]
    return schema


def _plain(value: Any) -> Any:
    """Return a schema with docstrings cut to their first paragraph, on one line."""
    if isinstance(value, list):
        return [_plain(member) for member in value]
    if not isinstance(value, dict):
        return value
    plain = {key: _plain(member) for key, member in value.items()}
    if isinstance(plain.get("description"), str):
        plain["description"] = " ".join(plain["description"].split("\n\n")[0].split())
    return plain


def _text(schema: dict[str, Any]) -> str:
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
