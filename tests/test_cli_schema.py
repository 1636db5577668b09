"""``placement schema``: the published schemas are those of this version, and hold what they say."""

import json
from pathlib import Path
from typing import get_args

import pytest
import yaml
from jsonschema import Draft202012Validator

from placement.cli.schema import Which
from tests.bad_documents import GOOD
from tests.cli_command import command

ROOT = Path(__file__).resolve().parents[1]
EXAMPLE = ROOT / "placement" / "cli" / "demo.yaml"


@pytest.mark.parametrize("which", get_args(Which))
def test_published_schemas_are_current(which: str) -> None:
    published = (ROOT / "docs" / "schema" / f"{which}.schema.json").read_text()
    assert command("schema", f"--{which}").out == published


def test_both_schemas_are_printed_as_one_document_of_valid_schemas() -> None:
    both = json.loads(command("schema").out)
    assert list(both) == ["problem", "plan"]
    for which, schema in both.items():
        Draft202012Validator.check_schema(schema)
        assert schema == json.loads(command("schema", f"--{which}").out)


@pytest.mark.parametrize("text", [GOOD, EXAMPLE.read_text()])
def test_problems_that_are_read_fit_the_schema(text: str) -> None:
    schema = json.loads(command("schema", "--problem").out)
    Draft202012Validator(schema).validate(yaml.safe_load(text))


@pytest.mark.parametrize(
    ("old", "new"),
    [("replicas: 2", "replicas: -1"), ("stock: 2", "stok: 2"), ("name: chat", "name: ''")],
)
def test_the_schema_refuses_what_is_refused(old: str, new: str) -> None:
    schema = json.loads(command("schema", "--problem").out)
    assert not Draft202012Validator(schema).is_valid(yaml.safe_load(GOOD.replace(old, new)))


def test_plans_fit_the_schema_with_every_field_there() -> None:
    schema = json.loads(command("schema", "--plan").out)
    plan = json.loads(command("plan", "-q", "-o", "-").out)
    Draft202012Validator(schema).validate(plan)
    del plan["nodes"]
    assert not Draft202012Validator(schema).is_valid(plan)
