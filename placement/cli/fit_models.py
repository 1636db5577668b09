"""Models by folder, by file, by name, or by their size alone."""

import os
import re
from collections.abc import Sequence

from placement.errors import InputError, Issue, nearest, show
from placement.problem import Model

__all__ = ["Named", "model_named"]

_SIZE = re.compile(r"([0-9]{1,5}(?:\.[0-9]{1,3})?)[bB]")  # billions of parameters

Named = tuple[Model, tuple[str, ...]]
"""A model, and what was assumed in reading it."""


def model_named(
    name: str, issues: list[Issue], *, names: Sequence[str] = (), path: str = "MODEL"
) -> Named | None:
    """Return the model that a name leads to, or None with what is wrong added to ``issues``.

    Parameters
    ----------
    names
        What the model may be known by; by default its name alone.
    path
        Where the name stands.
    """
    from placement.adapters.huggingface import read_model_files
    from placement.memory import known_model_names, known_variant

    try:
        if "\0" not in name and name and os.path.exists(name):
            read = read_model_files(name)
            return read.model, read.notes
    except InputError as error:
        issues.extend(error.issues)
        return None
    for candidate in names or (name,):
        if (variant := known_variant(candidate)) is not None:
            model, assumed = variant
            other = f"{show(name)} is taken to be {model.name}, by the name {show(candidate)}"
            notes = (assumed, other if candidate != name else "")
            return model, tuple(filter(None, notes))
    size = _SIZE.fullmatch(name)
    if size and 0 < float(size[1]) <= 10_000:
        return Model(name=name, parameters=round(float(size[1]) * 1e9)), ()
    table = known_model_names()
    hint = nearest(name, table) or nearest(name, [full.split("/")[-1] for full in table])
    rule = f"is no folder, no config.json, no built-in model and no size such as 8B{hint}"
    issues.append(Issue(path=path, rule=rule, value=show(name)))
    return None
