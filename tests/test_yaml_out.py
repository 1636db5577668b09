"""The YAML writer: what it writes reads back as the same value, spelt one way."""

import math

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from placement.adapters.yaml_out import to_yaml

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXT
VALUES = st.recursive(
    SCALARS.filter(lambda value: not isinstance(value, float) or math.isfinite(value)),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=400, deadline=None)
@given(st.lists(VALUES, min_size=1, max_size=3), st.booleans())
def test_what_is_written_reads_back_as_the_same_values(values: list[object], sort: bool) -> None:
    assert list(yaml.safe_load_all(to_yaml(values, sort=sort))) == values


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("vllm", "vllm"),
        ("Binding has been scheduled successfully.", "Binding has been scheduled successfully."),
        ("karmada.io/binding-controller", "karmada.io/binding-controller"),
        ("True", '"True"'),
        ("no", '"no"'),
        ("y", '"y"'),
        ("8", '"8"'),
        ("64Gi", "64Gi"),
        ("500m", "500m"),
        ("1E", '"1E"'),
        ("0x1F", '"0x1F"'),
        ("1e3", '"1e3"'),
        ("12:30:45", '"12:30:45"'),
        ("2026-11-23T20:21:40Z", '"2026-11-23T20:21:40Z"'),
        ("", '""'),
        ("a: b", "'a: b'"),
        ("a #b", "'a #b'"),
        ("it's", "'it''s'"),
        ('{"a":1}', "'{\"a\":1}'"),
        ("two\nlines", '"two\\nlines"'),
        ("*", "'*'"),
        (" blank", "' blank'"),
    ],
)
def test_strings_are_quoted_where_a_reader_could_mistake_them(text: str, written: str) -> None:
    assert to_yaml([text]) == f"{written}\n"


def test_heads_come_first_and_all_other_keys_are_sorted() -> None:
    document = {"zeta": 1, "data": {"b": 1, "a": 2}, "kind": "X", "apiVersion": "v1"}
    assert to_yaml([document]) == "apiVersion: v1\nkind: X\ndata:\n  a: 2\n  b: 1\nzeta: 1\n"


def test_the_order_given_can_be_kept() -> None:
    assert to_yaml([{"name": "x", "apiVersion": "v1"}], sort=False) == "name: x\napiVersion: v1\n"


def test_shared_values_are_written_out_each_time() -> None:
    shared = {"gpu": "h20"}
    assert to_yaml([{"a": shared, "b": shared}]) == "a:\n  gpu: h20\nb:\n  gpu: h20\n"


def test_documents_are_parted_and_the_text_ends_in_a_line_feed() -> None:
    assert to_yaml([{"a": 1}, {"b": []}]) == "a: 1\n---\nb: []\n"
    assert to_yaml([]) == ""


def test_long_lines_are_not_folded() -> None:
    assert to_yaml([{"text": "word " * 200 + "end"}]).count("\n") == 1


def test_nested_lists_are_written_as_kubectl_does() -> None:
    written = to_yaml([{"clusters": [{"name": "a", "replicas": 2}], "deep": [[1, 2], {}]}])
    assert written == ("clusters:\n- name: a\n  replicas: 2\ndeep:\n- - 1\n  - 2\n- {}\n")


@pytest.mark.parametrize("bad", [math.inf, math.nan, {1: 2}, object(), {"a": {3}}])
def test_what_yaml_cannot_say_plainly_is_refused(bad: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        to_yaml([bad])
