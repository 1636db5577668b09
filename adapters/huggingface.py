"""A model's folder as Hugging Face lays it out, or a GGUF file."""

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from placement.adapters.gguf_models import gguf_in, read_gguf
from placement.adapters.huggingface_config import Config
from placement.adapters.huggingface_counting import counted_parameters
from placement.adapters.huggingface_defaults import is_known
from placement.adapters.huggingface_figures import figures_of
from placement.adapters.huggingface_quantization import Quantisation, quantisation_of
from placement.adapters.huggingface_vision import vision_parameters
from placement.adapters.huggingface_weights import Stored, stored_weights
from placement.adapters.model_files import ModelFiles
from placement.adapters.model_folders import fault, holds
from placement.adapters.model_json import read_object
from placement.adapters.safetensors_index import INDEX
from placement.errors import AdapterError, Issue, show
from placement.problem.issues import issues_of
from placement.problem.model import Model

__all__ = ["INDEX", "ModelFiles", "read_model", "read_model_files"]

_CONFIG = "config.json"
_BESIDE = "hf_quant_config.json"  # NVIDIA Model Optimizer's


def read_model(path: str | Path) -> Model:
    """Return the model that a folder, its ``config.json`` or a GGUF file describes.

    Raises
    ------
    AdapterError
        As :func:`read_model_files`, which also says what was assumed.
    """
    return read_model_files(path).model


def read_model_files(path: str | Path) -> ModelFiles:
    """Return the model that a folder, its ``config.json`` or a GGUF file describes, with notes.

    Read are ``config.json``, ``hf_quant_config.json``, the index and the headers of the
    ``.safetensors`` files, so far as they are there; no weights. docs/models.md says what is taken
    from which.

    Parameters
    ----------
    path
        The folder, or the file itself.

    Raises
    ------
    AdapterError
        When a file cannot be read, is not what it has to be, links out of the folder, or lacks what
        memory needs to know; every fault with its file and its path in it. Whatever the files hold,
        time and memory are bounded.

    Notes
    -----
    Source: the ``configuration_*.py`` of each model in transformers 5.24.0 for the fields' names
    and defaults; safetensors' format; the GGUF specification.
    """
    given = Path(path)
    _exists(given)
    if gguf := gguf_in(given, _CONFIG):
        return read_gguf(gguf)
    file = given / _CONFIG if given.is_dir() else given
    if file.suffix == ".safetensors" or file.name in {INDEX, _BESIDE}:
        raise fault("is not what says the architecture; name its folder or the config.json", file)
    return _Reading.of(file).result()


def _exists(given: Path) -> None:
    is_folder = os.path.isdir(given)  # unlike Path's own, false for what can be no path
    there = _has_model(given) if is_folder else os.path.lexists(given)
    if not there:
        file = given / _CONFIG if is_folder else given
        rule = "is not there; name a model's folder, its config.json or a built-in model"
        raise fault(rule, file)


def _has_model(folder: Path) -> bool:
    return holds(folder, _CONFIG) or gguf_in(folder, _CONFIG) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """What was read of one folder so far."""

    file: Path
    config: Config
    figures: dict[str, Any]
    keys: Mapping[str, str]
    how: Quantisation
    notes: list[str]
    sources: list[str]

    @classmethod
    def of(cls, file: Path) -> "_Reading":
        """Read the configuration."""
        notes: list[str] = []
        config = Config.of(read_object(file), str(file))
        if config.defaults:
            names = ", ".join(config.defaults)
            notes.append(
                f"{config.nested} leaves out {names}: transformers' defaults of "
                f"{config.get('model_type')} are taken"
            )
        if not is_known(config.family):
            notes.append(f"models of type {show(config.family)} are not known: counted like Llama")
        figures, keys = figures_of(config, notes)
        beside: Mapping[str, Any] = {}
        sources = [file.name]
        if holds(file.parent, _BESIDE):
            beside = read_object(file.with_name(_BESIDE))
            sources.append(_BESIDE)
        how = quantisation_of(config, beside, figures, notes)
        return cls(
            file=file,
            config=config,
            figures=figures,
            keys=keys,
            how=how,
            notes=notes,
            sources=sources,
        )

    def result(self) -> ModelFiles:
        """Return the model, with what the files of weights say."""
        stored = stored_weights(self.file.parent, self.config, self.figures, self.how, self.notes)
        fields = {"name": self._name(), **self.figures, **self._weights(stored)}
        self.sources.extend(stored.sources)
        try:
            model = Model.model_validate(fields)
        except ValidationError as error:
            issues = tuple(issues_of(error, Model, fields))
            raise AdapterError(_placed(issues, self.keys, str(self.file))) from error
        return ModelFiles(
            model=model,
            source=", ".join(self.sources),
            notes=tuple(dict.fromkeys(self.notes)),
            bytes_by_dtype=stored.bytes_by_dtype,
        )

    def _name(self) -> str:
        """Return the folder's name; in a Hugging Face cache, the model's."""
        folder = self.file.parent.resolve()
        cache = next((part.name for part in folder.parents if part.name.startswith("models--")), "")
        name = cache.removeprefix("models--").replace("--", "/") or folder.name
        return name[:253]  # what a name may have; folders have up to 255

    def _weights(self, stored: Stored) -> dict[str, Any]:
        """Return the fields about weights: as stored, else as counted."""
        how = stored.how
        fields: dict[str, Any] = {"dtype": how.dtype}
        if how.group_size:
            fields["group_size"] = how.group_size
        if how.unquantized:
            fields["unquantized"] = how.unquantized
        if stored.bytes:
            fields["weight_bytes"] = stored.bytes
        if stored.parameters and stored.is_exact:
            vision = stored.vision
        else:
            vision = vision_parameters(self.config, self.notes)
        if vision:
            fields["vision_parameters"] = vision
        count = counted_parameters(self.figures, self.config)
        fields["parameters"] = stored.parameters or (None if count is None else count + vision)
        return fields


def _placed(issues: Iterable[Issue], keys: Mapping[str, str], source: str) -> Iterator[Issue]:
    """Yield the issues under the names that the file uses."""
    for issue in issues:
        yield replace(issue, source=source, path=keys.get(issue.path, issue.path))
