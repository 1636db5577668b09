"""vLLM's command line to what memory depends on."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from placement.adapters.vllm_flags import NESTED, SERVING, UNMODELLED, full_name, misspelt
from placement.adapters.vllm_quantization import AS_STORED, WIDTHS, method_name
from placement.adapters.vllm_speculation import speculation
from placement.adapters.vllm_values import json_fields, shows_no_pictures
from placement.adapters.vllm_words import TRUE, after_program, flags_of
from placement.errors import AdapterError, Issue, show

__all__ = ["VllmArguments", "parse_command_line"]

_DTYPES = {
    "half": "float16",
    "float16": "float16",
    "bfloat16": "bfloat16",
    "float": "float32",
    "float32": "float32",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class VllmArguments:
    """What a command line says that memory depends on.

    Parameters
    ----------
    model
        Its name or path; None where the command does not say.
    served_model_names
        Names under which it is served.
    serving
        The fields of ``serving`` that the command states, by the contract's names.
    dtype
        Of the weights, if stated, in the contract's words.
    quantization, quantized
        Method of ``--quantization``, and the type of the weights that it implies.
    draft
        Name or folder of a model that drafts tokens for speculative decoding.
    text_only
        Whether no pictures are taken, so that no memory is set aside for them.
    data_parallel
        Copies of the model in one pod.
    unknown
        Fields of ``serving``, and ``data_parallel``, that the command sets to what is not known
        here, such as a variable.
    warnings
        What the command asks for that is not modelled.
    """

    model: str | None = None
    served_model_names: tuple[str, ...] = ()
    serving: dict[str, object] = field(default_factory=dict)
    dtype: str | None = None
    quantization: str | None = None
    quantized: str | None = None
    draft: str | None = None
    text_only: bool = False
    data_parallel: int = 1
    unknown: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Return what the model may be known by: its name, the end of its path, served names."""
        model = (self.model or "").rstrip("/")
        # A path of two parts is how Hugging Face names models; longer ones are folders.
        candidates = (model, *self._path_names(model), *self.served_model_names)
        return tuple(dict.fromkeys(name for name in candidates if name))

    @staticmethod
    def _path_names(model: str) -> tuple[str, ...]:
        cached = re.search(r"models--([^/]+?)--([^/]+)", model)  # a Hugging Face cache folder
        hub = (f"{cached[1]}/{cached[2]}",) if cached else ()
        return (*hub, model.rpartition("/")[2])


def parse_command_line(tokens: Sequence[str]) -> VllmArguments:
    """Return what ``vllm serve MODEL --flags`` says.

    Parameters
    ----------
    tokens
        The words of the command, with or without ``vllm serve`` or ``python -m
        vllm.entrypoints.openai.api_server`` before the model or the first flag. Flags may be
        abbreviated, written with dashes or underscores, with ``=`` or a blank before the value.

    Raises
    ------
    AdapterError
        When a value is none that vLLM would take; the issue's path is the flag.
    """
    reader = _Reader()
    for name, value in flags_of(after_program(tokens)):
        reader.take(name, value)
    arguments = reader.arguments()
    if reader.issues:
        raise AdapterError(reader.issues)
    return arguments


class _Reader:
    """Takes flag after flag; the last one of a name counts, as with argparse."""

    def __init__(self) -> None:
        self.issues: list[Issue] = []
        self._model: str | None = None
        self._names: list[str] = []
        self._serving: dict[str, object] = {}
        self._nested: dict[str, dict[str, object]] = {}
        self._dtype: str | None = None
        self._method: str | None = None
        self._data_parallel = 1
        self._lora: bool | None = None
        self._text_only = False
        self._unknown: list[str] = []
        self._warnings: list[str] = []

    def arguments(self) -> VllmArguments:
        self._settle_lora()
        draft = self._speculation()
        pictures = self._nested.get("limit-mm-per-prompt", {})
        no_pictures = self._text_only or shows_no_pictures(pictures)
        if pictures and not no_pictures:
            self._warn("limit-mm-per-prompt", "memory for multimodal input is not counted")
        return VllmArguments(
            model=self._model,
            served_model_names=tuple(self._names),
            serving=self._serving,
            dtype=self._dtype,
            quantization=self._method,
            quantized=WIDTHS.get(self._method or ""),
            draft=draft,
            text_only=no_pictures,
            data_parallel=self._data_parallel,
            unknown=tuple(self._unknown),
            warnings=tuple(dict.fromkeys(self._warnings)),
        )

    def take(self, name: str, value: str | None) -> None:
        if name in {"", "model"}:
            self._model = self._model if name == "" and self._model else value
        elif full_name(name) is None:
            self._warnings.append(f"--{name} is short for several flags, and is not read")
        elif name in SERVING:
            self._serve(name, value)
        elif name.removeprefix("no-") in {"enforce-eager", "enable-lora", "language-model-only"}:
            on = not name.startswith("no-") and (value or "true").lower() in TRUE
            self._switch(name.removeprefix("no-"), on=on)
        elif name in NESTED:
            self._nest(name, value or "")
        elif name in UNMODELLED:
            self._warn(name, UNMODELLED[name])
        else:
            self._other(name, value or "")

    def _warn(self, name: str, text: str) -> None:
        self._warnings.append(f"--{name}: {text}")

    def _refuse(self, name: str, rule: str, value: str | None) -> None:
        got = "" if value is None else show(value)
        self.issues.append(Issue(path=f"--{name}", rule=rule, value=got))

    def _is_open(self, name: str, value: str | None) -> bool:
        """Return whether a value is a variable, and say so."""
        if value is None or "$" not in value:
            return False
        self._warnings.append(f"--{name} is {value}, whose value is not known here")
        return True

    def _serve(self, name: str, value: str | None) -> None:
        target, read = SERVING[name]
        if self._is_open(name, value):
            self._unknown.append(target)
        elif name == "max-model-len" and value in {"-1", "auto"}:
            self._serving.pop(target, None)
            self._warn(
                name, "sized for all that the model allows; vLLM takes the longest that fits"
            )
        else:
            try:
                self._serving[target] = read(value or "")
            except ValueError as error:
                self._refuse(name, str(error), value)

    def _switch(self, name: str, *, on: bool) -> None:
        if name == "enforce-eager":
            self._serving["enforce_eager"] = on
        elif name == "enable-lora":
            self._lora = on
        else:
            self._text_only = on

    def _nest(self, name: str, value: str) -> None:
        if self._is_open(name, value):
            return
        try:
            self._nested.setdefault(name, {}).update(json_fields(value))
        except ValueError as error:
            self._refuse(name, str(error), value)

    def _other(self, name: str, value: str) -> None:
        if name == "served-model-name":
            self._names.append(value)
        elif name == "dtype":
            self._dtype = _DTYPES.get(value)
        elif name == "quantization" or (name == "load-format" and value == "bitsandbytes"):
            self._quantize(value)
        elif name == "speculative-model" and not self._is_open(name, value):
            self._nested.setdefault("speculative-config", {})["model"] = value
        elif name == "data-parallel-size":
            self._copies(value)
        elif meant := misspelt(name):
            self._warn(name, f"is no flag that is known here; was --{meant} meant?")

    def _quantize(self, value: str) -> None:
        self._method = method = method_name(value)
        if method not in WIDTHS and method not in AS_STORED and method != "none":
            text = "its width is not known; the weights keep the model's type, which is assumed"
            self._warnings.append(f"--quantization {value}: {text}")

    def _copies(self, value: str) -> None:
        if value.isdecimal() and len(value) < 6:
            self._data_parallel = int(value)
            return
        self._unknown.append("data_parallel")
        self._warnings.append(f"--data-parallel-size is {value}, which is not read")

    def _settle_lora(self) -> None:
        """Leave out adapters unless they are enabled; one is loaded then unless more are asked."""
        if not self._lora:
            for name in ("max_loras", "max_lora_rank"):
                if self._serving.pop(name, None) is not None and self._lora is None:
                    flag = name.replace("_", "-")
                    self._warn(flag, "no adapters are counted, as --enable-lora is not given")
        elif "max_loras" not in self._unknown:
            self._serving.setdefault("max_loras", 1)

    def _speculation(self) -> str | None:
        """Return the model that drafts tokens, and take over how many it does."""
        tokens = self._serving.pop("speculative_tokens", None)  # without a draft it is not asked
        config: Mapping[str, object] = {
            **({} if tokens is None else {"num_speculative_tokens": tokens}),
            **self._nested.get("speculative-config", {}),
        }
        try:
            found = speculation(config)
        except ValueError as error:
            self._refuse("speculative-config", str(error), None)
            return None
        for warning in found.warnings:
            self._warn("speculative-config", warning)
        if found.draft and found.tokens:
            self._serving["speculative_tokens"] = found.tokens
        return found.draft
