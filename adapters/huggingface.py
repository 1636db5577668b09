"""A model's folder as Hugging Face lays it out: config.json and the safetensors index."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from placement.adapters.huggingface_config import Config, figures_of
from placement.adapters.json_text import load_json
from placement.adapters.tables import read_text
from placement.errors import AdapterError, Issue, show
from placement.memory.architecture import parameters_of
from placement.problem.issues import issues_of
from placement.problem.workload import Model

__all__ = ["read_model"]

INDEX = "model.safetensors.index.json"

_QK_NORM = ("qwen3", "gemma3")  # families that normalise queries and keys by head
_UNGATED = ("bloom", "falcon", "gpt", "mpt", "opt", "starcoder")  # two matrices an MLP
_QKV_BIAS = ("qwen2",)  # families with a bias there that the configuration does not mention


def read_model(path: str | Path) -> Model:
    """Return the model that a folder or its ``config.json`` describes.

    The number of weights is the index's ``total_size`` over the size of one, where the folder holds
    an index and the weights are not quantised; else it is counted from the architecture.

    Parameters
    ----------
    path
        The folder, or the file itself. Nothing but these two files is read, and no weights.

    Raises
    ------
    AdapterError
        When a file cannot be read, is not JSON, or lacks what memory needs to know; every fault
        with its file and its path in it.

    Notes
    -----
    Source: the ``configuration_*.py`` of each model in transformers for the fields' names and
    defaults; safetensors' index format. A vision tower is counted only through the index.
    """
    given = Path(path)
    file = given / "config.json" if given.is_dir() else given
    if not file.is_file():
        rule = "is not there; name a model's folder, its config.json or a built-in model"
        raise AdapterError([Issue(path="", rule=rule, source=str(file))])
    config = Config.of(_mapping(file), str(file))
    figures, keys = figures_of(config)
    fields = {"name": file.resolve().parent.name, **figures}
    fields["parameters"] = _indexed(file.with_name(INDEX), config) or _counted(fields, config)
    try:
        return Model.model_validate(fields)
    except ValidationError as error:
        issues = tuple(issues_of(error, Model, fields))
        raise AdapterError(_placed(issues, keys, str(file))) from error


def _mapping(file: Path) -> Mapping[str, Any]:
    value = load_json(read_text(file), str(file))
    if isinstance(value, Mapping):
        return value
    rule = "must hold one JSON object"
    raise AdapterError([Issue(path="", rule=rule, value=show(value), source=str(file))])


def _indexed(file: Path, config: Config) -> int | None:
    """Return the weights by the index, or None where it does not say."""
    if not file.is_file() or config.is_quantised:
        return None
    metadata = _mapping(file).get("metadata")
    size = metadata.get("total_size") if isinstance(metadata, Mapping) else None
    if size is None:
        return None
    if isinstance(size, bool) or not isinstance(size, int | float) or size < 1 or size % 1:
        rule = "must be a whole number of bytes above zero"
        where = "metadata.total_size"
        raise AdapterError([Issue(path=where, rule=rule, value=show(size), source=str(file))])
    return int(size) // config.stored_bytes


def _counted(fields: Mapping[str, Any], config: Config) -> int | None:
    """Return the weights by the architecture, or None where it is not complete."""
    family = str(config.get("model_type") or "")
    try:
        model = Model.model_validate({**fields, "parameters": 1})
        count = parameters_of(
            model,
            qkv_bias=family.startswith(_QKV_BIAS) or config.get("attention_bias") is True,
            qk_norm=family.startswith(_QK_NORM),
            gated=not (family.startswith(_UNGATED) or family == "phi"),
        )
    except ValueError:  # the final validation names what is missing or out of range
        return None
    return count - _dense_layers(model, config)


def _dense_layers(model: Model, config: Config) -> int:
    """Return what the first layers of a mixture of experts lack, where they are dense."""
    dense = config.number("first_k_dense_replace") or 0
    if not (model.experts and model.hidden_size and model.intermediate_size):
        return 0
    inner = model.expert_intermediate_size or model.intermediate_size
    experts = model.experts * model.hidden_size * (3 * inner + 1)
    return dense * (experts - 3 * model.hidden_size * model.intermediate_size)


def _placed(issues: tuple[Issue, ...], keys: Mapping[str, str], source: str) -> Iterator[Issue]:
    """Yield the issues under the names that the file uses."""
    for issue in issues:
        yield replace(issue, source=source, path=keys.get(issue.path, issue.path))
