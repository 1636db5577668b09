"""Karmada's CRDs as JSON Schema, stricter than the API server: unknown fields are refused."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import yaml

__all__ = ["check"]

DATA = Path(__file__).parent / "data"


@cache
def schema(kind: str) -> dict[str, Any]:
    """Return a binding's schema as JSON Schema that refuses what the API server would prune."""
    path = DATA / "crds" / f"work.karmada.io_{kind.lower()}s.yaml"
    (version,) = yaml.safe_load(path.read_text(encoding="utf-8"))["spec"]["versions"]
    assert version["name"] == "v1alpha2"
    return strict(version["schema"]["openAPIV3Schema"])  # type: ignore[no-any-return]


def strict(part: Any) -> Any:
    """Return a structural schema as JSON Schema, unknown fields forbidden."""
    if isinstance(part, list):
        return [strict(item) for item in part]
    if not isinstance(part, dict):
        return part
    made = {
        key: {name: strict(item) for name, item in value.items()}
        if key == "properties"
        else strict(value)
        for key, value in part.items()
        if not key.startswith("x-kubernetes") and key != "nullable"
    }
    if part.get("x-kubernetes-int-or-string"):
        made.pop("type", None)
    if "properties" in part and not part.get("x-kubernetes-preserve-unknown-fields"):
        made.setdefault("additionalProperties", False)
    if part.get("nullable"):
        made = {"anyOf": [made, {"type": "null"}]}
    return made


def check(binding: Mapping[str, object]) -> None:
    """Raise when the API server would refuse or prune a part of the binding."""
    kind = str(binding["kind"])
    checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
    jsonschema.Draft202012Validator(schema(kind), format_checker=checker).validate(binding)
