"""Models of the start-ups, from the built-in table."""

from startups import StartUp

from placement.memory import known_model
from placement.memory.units import GIB
from placement.problem import Model

__all__ = ["model_of"]


def model_of(start: StartUp) -> Model | None:
    """Return the model that was started, or None where it is not in the table.

    The name as stated comes first, then the one whose architecture it has. A format of weights that
    the start-up states replaces the published one.
    """
    for name in (start.model, start.config_key):
        if name and (model := known_model(name)) is not None:
            return _with_format(model, start.dtype)
    return _stored(start)


def _with_format(model: Model, dtype: str | None) -> Model:
    """Return the model with its weights in another format, all but the usual parts."""
    if dtype is None or model.dtype == dtype:
        return model
    changed = {"dtype": dtype, "unquantized": (), "weight_bytes": None}
    return Model(**{**model.model_dump(exclude_unset=True), **changed})


def _stored(start: StartUp) -> Model | None:
    """Return a model of which only the size of its files is known."""
    size = start.measured.get("checkpoint_gib")
    if size is None:
        return None
    stored = int(size * GIB)
    return Model(name=start.model, parameters=stored // 2, weight_bytes=stored)
