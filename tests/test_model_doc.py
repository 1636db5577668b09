"""The document, the functions, the rows and the verifier speak of the same constraints."""

import re
from pathlib import Path
from typing import get_type_hints

import pytest

from placement.formulation import (
    auxiliary,
    build,
    chances,
    demand_rules,
    families,
    group_rules,
    patterns,
    rules,
    valid,
)
from placement.formulation.milp import Rows
from placement.instance import make_instance
from placement.verify import RULES
from tests import test_budgets, test_limits, test_spot_share
from tests.generate import random_problem
from tests.generate_rules import with_rules
from tests.generate_stock import market

DOCUMENT = (Path(__file__).resolve().parents[1] / "docs" / "model.md").read_text()
MODULES = {
    "families": families,
    "rules": rules,
    "chances": chances,
    "group_rules": group_rules,
    "demand_rules": demand_rules,
    "patterns": patterns,
    "auxiliary": auxiliary,
    "valid": valid,
}
ROW = re.compile(
    r"^\| ([CAV]\d+) \| `(\w+)` \| .*? \| ((?:`[\w.]+`(?:, )?)+) \|(?: `(\w+)` \|)?", re.M
)
TABLE = [
    (i, name, re.findall(r"`([\w.]+)`", where), rule)
    for i, name, where, rule in ROW.findall(DOCUMENT)
]


def functions() -> set[str]:
    """Return every public function that makes rows, as module.name."""
    return {
        f"{module_name}.{name}"
        for module_name, module in MODULES.items()
        for name in module.__all__
        if not isinstance(getattr(module, name), type)
        and get_type_hints(getattr(module, name)).get("return") is Rows
    }


def test_the_document_names_every_function_and_no_other() -> None:
    assert {where for _, _, places, _ in TABLE for where in places} == functions()


@pytest.mark.parametrize(("number", "name", "places", "rule"), TABLE, ids=[row[1] for row in TABLE])
def test_docstrings_open_with_the_number(
    number: str, name: str, places: list[str], rule: str
) -> None:
    for place in places:
        module, function = place.split(".")
        assert (getattr(MODULES[module], function).__doc__ or "").startswith(f"({number})")
    assert rule == (name if number.startswith("C") else "")


def test_every_constraint_has_a_rule_of_the_verifier() -> None:
    assert {name for number, name, _, _ in TABLE if number.startswith("C")} <= set(RULES)


def test_every_family_of_a_programme_is_in_the_document() -> None:
    known = {name for _, name, _, _ in TABLE}
    for seed in range(60):
        programme = build.build(make_instance(random_problem(seed)), clusters=True)
        assert {family.name for family in programme.families} <= known


def test_all_families_occur_in_programmes() -> None:
    draws = (random_problem, test_spot_share.drawn, test_limits.drawn, test_budgets.drawn)
    more = (market,)
    problems = [draw(seed) for seed in range(60) for draw in (*draws, *more)]
    rules = (
        *("spread", "spread_node", "survive", "min_replicas", "colocate", "separate"),
        *("load", "whole_nodes", "current", "max_moves"),
    )
    problems += [
        with_rules(random_problem(seed), seed, frozenset({rule}))
        for rule in rules
        for seed in range(12)
    ]
    seen = {
        family.name
        for problem in problems
        for family in build.build(make_instance(problem), clusters=True).families
    }
    made_on_demand = {"packing", "level", "presence", "rounding"}
    assert seen | made_on_demand == {name for _, name, _, _ in TABLE}
