"""The table of well-known models, by name."""

import json
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from placement.problem.model import Model

__all__ = ["known_model", "known_model_names"]


def known_model(name: str) -> Model | None:
    """Return a model of the built-in table, or None.

    Parameters
    ----------
    name
        With or without the organisation, in any case: ``Qwen/Qwen3-8B``, ``qwen3-8b``.

    Notes
    -----
    The figures and the source of each stand in ``placement/memory/models.json``. Parameters of
    dense models are exact, counted from the architecture; those of the others are the published
    totals, or counted where none is published to the last digit (docs/models.md). ``dtype`` is that
    of the published weights. Layers for multi-token prediction are left out.
    """
    found = _index().get(name.strip().lower())
    return None if found is None else Model(name=found, **_table()[found]["fields"])


def known_model_names() -> tuple[str, ...]:
    """Return the full names in the built-in table, without their aliases, sorted."""
    return tuple(sorted(_table(), key=str.lower))


@cache
def _table() -> Mapping[str, Any]:
    text = resources.files("placement.memory").joinpath("models.json").read_text("utf-8")
    table: Mapping[str, Any] = json.loads(text)
    return table


@cache
def _index() -> Mapping[str, str]:
    """Return full names by every spelling in lower case; full names win over aliases."""
    index: dict[str, str] = {}
    for name, entry in _table().items():
        for spelling in (name, *entry["aliases"]):
            index.setdefault(spelling.lower(), name)
            index.setdefault(spelling.split("/")[-1].lower(), name)
    return {**index, **{name.split("/")[-1].lower(): name for name in _table()}}
