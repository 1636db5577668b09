"""The tolerances of docs/strategies.md are those of the code."""

import importlib
import re
from pathlib import Path

import pytest

PAGE = Path(__file__).resolve().parents[1] / "docs" / "strategies.md"
ROW = re.compile(r"^\| `(\w+)` \| `([\w/]+)\.py` \| ([\de-]+) \|", re.MULTILINE)
ROWS = ROW.findall(PAGE.read_text())


def test_the_page_has_the_table() -> None:
    assert len(ROWS) >= 10


@pytest.mark.parametrize(("name", "where", "value"), ROWS)
def test_a_tolerance_is_that_of_the_code(name: str, where: str, value: str) -> None:
    path = where if where.startswith("placement/") else f"placement/{where}"
    module = importlib.import_module(path.replace("/", "."))
    assert float(getattr(module, name)) == float(value)
