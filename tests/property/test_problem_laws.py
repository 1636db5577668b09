"""Laws of problems: writing and reading, order of fields, and junk in any place."""

import json
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from placement.errors import InputError, Issue
from placement.problem import Problem
from tests.changed_values import changed, places
from tests.generate import random_problem
from tests.test_problem import FULL, respelt

few = settings(derandomize=True, database=None, deadline=None, max_examples=40)
many = settings(derandomize=True, database=None, deadline=None, max_examples=300)

SEEDS = st.integers(0, 10**6)
JUNK: st.SearchStrategy[object] = st.sampled_from(
    [True, 0, -1, 1.5, "", "x", "1Gi", float("nan"), [], {}, [None], [1], {"a": 1}, 10**30, b"x"]
)
SCHEMA = Draft202012Validator(Problem.model_json_schema(mode="validation"))


def written(problem: Problem) -> Any:
    """Return a problem as JSON says it."""
    return json.loads(json.dumps(problem.model_dump(mode="json")))


def read(document: object) -> tuple[tuple[Issue, ...], Problem | None]:
    """Return the faults of a document, or its problem."""
    try:
        return (), Problem.model_validate(document)
    except InputError as error:
        return error.issues, None


def shuffled(value: Any, rng: Random) -> Any:
    """Return a document with the keys of every mapping in another order."""
    if isinstance(value, list):
        return [shuffled(member, rng) for member in value]
    if not isinstance(value, dict):
        return value
    keys = list(value)
    rng.shuffle(keys)
    return {key: shuffled(value[key], rng) for key in keys}


@few
@given(SEEDS)
def test_reading_what_was_written_gives_the_problem_back(seed: int) -> None:
    problem = random_problem(seed)
    document = written(problem)
    assert Problem.model_validate(document) == problem
    assert written(Problem.model_validate(document)) == document
    assert Problem.model_validate(respelt(document)) == problem
    assert not list(SCHEMA.iter_errors(document))


@few
@given(SEEDS)
def test_the_order_of_fields_changes_nothing(seed: int) -> None:
    problem = random_problem(seed)
    assert Problem.model_validate(shuffled(written(problem), Random(seed))) == problem


@few
@given(SEEDS)
def test_a_field_that_is_left_out_and_one_given_as_null_are_alike(seed: int) -> None:
    document = random_problem(seed).model_dump(mode="json", exclude_defaults=True)
    assert Problem.model_validate(document) == random_problem(seed)


@many
@given(st.sampled_from(list(places(FULL))), JUNK, st.booleans())
def test_junk_in_any_place_gives_a_problem_or_faults_with_paths(
    path: tuple[Any, ...], junk: object, remove: bool
) -> None:
    document = changed(FULL, path, junk, remove=remove)
    faults, problem = read(document)
    assert all(issue.path and issue.rule for issue in faults)
    assert problem is None or Problem.model_validate(written(problem)) == problem
    assert (problem is None) == bool(faults)
