"""vLLM's command line to what memory depends on."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from placement.adapters.vllm_flags import SERVING, SHORT, UNMODELLED, full_name, is_switch
from placement.errors import AdapterError, Issue, show

__all__ = ["VllmArguments", "parse_command_line"]

_DTYPES = {
    "half": "float16",
    "float16": "float16",
    "bfloat16": "bfloat16",
    "float": "float32",
    "float32": "float32",
}
# Methods and the width of the weights that they imply: vLLM documentation, "Quantization" (v0.11).
_QUANTIZATION = {
    **dict.fromkeys(("fp8", "fbgemm_fp8", "ptpc_fp8", "modelopt"), "fp8"),
    **dict.fromkeys(("awq", "awq_marlin", "gptq", "gptq_marlin", "bitsandbytes"), "int4"),
    **dict.fromkeys(("mxfp4", "modelopt_fp4", "marlin", "moe_wna16"), "int4"),
    **dict.fromkeys(("experts_int8", "tpu_int8"), "int8"),
}
_NUMBER = re.compile(r"-[0-9.]+")
_TRUE = {"true", "1", "yes"}
_WORDS = {*_TRUE, "false", "0", "no"}


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
    quantized
        The type of the weights that ``--quantization`` implies.
    data_parallel
        Copies of the model in one pod.
    unknown
        Fields of ``serving`` that the command sets to what is not known here, such as a variable.
    warnings
        What the command asks for that is not modelled.
    """

    model: str | None = None
    served_model_names: tuple[str, ...] = ()
    serving: dict[str, object] = field(default_factory=dict)
    dtype: str | None = None
    quantized: str | None = None
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
    for name, value in _flags(_after_program(tokens)):
        reader.take(name, value)
    if reader.issues:
        raise AdapterError(reader.issues)
    return reader.arguments()


def _after_program(tokens: Sequence[str]) -> Sequence[str]:
    """Return the words after the program's name."""
    for position, token in enumerate(tokens):
        if token.startswith("vllm.entrypoints."):
            rest = list(tokens[position + 1 :])
            return rest[rest[:1] == ["serve"] :]  # of vllm.entrypoints.cli.main
        if token.rpartition("/")[2] == "vllm" and list(tokens[position + 1 : position + 2]) == [
            "serve"
        ]:
            return tokens[position + 2 :]
    return tokens


def _flags(tokens: Sequence[str]) -> Iterator[tuple[str, str | None]]:
    """Yield each flag without its dashes and its value; a bare word has the name ''."""
    position = 0
    while position < len(tokens):
        token = tokens[position]
        position += 1
        if not _is_flag(token):
            yield "", token
            continue
        name, equals, value = _split(token)
        following = tokens[position : position + 1]
        if equals:
            yield name, value
        elif following and not _is_flag(following[0]) and _takes(name, following[0]):
            yield name, following[0]
            position += 1
            while name == "served-model-name" and position < len(tokens):
                if _is_flag(tokens[position]):
                    break
                yield name, tokens[position]
                position += 1
        else:
            yield name, None


def _is_flag(token: str) -> bool:
    return token.startswith("-") and len(token) > 1 and not _NUMBER.fullmatch(token)


def _split(token: str) -> tuple[str, str, str]:
    name, equals, value = token.partition("=")
    bare = name.lstrip("-")
    if not name.startswith("--"):
        bare = SHORT.get(bare, bare)
    completed = full_name(bare)
    return bare if completed is None else completed, equals, value


def _takes(name: str, following: str) -> bool:
    """Return whether the word after a flag is its value."""
    return not is_switch(name) or following.lower() in _WORDS


class _Reader:
    """Takes flag after flag; the last one of a name counts, as with argparse."""

    def __init__(self) -> None:
        self.issues: list[Issue] = []
        self._model: str | None = None
        self._names: list[str] = []
        self._serving: dict[str, object] = {}
        self._dtype: str | None = None
        self._quantized: str | None = None
        self._data_parallel = 1
        self._unknown: list[str] = []
        self._warnings: list[str] = []

    def arguments(self) -> VllmArguments:
        return VllmArguments(
            model=self._model,
            served_model_names=tuple(self._names),
            serving=self._serving,
            dtype=self._dtype,
            quantized=self._quantized,
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
        elif name in {"enforce-eager", "no-enforce-eager"}:
            on = name == "enforce-eager" and (value or "true").lower() in _TRUE
            self._serving["enforce_eager"] = on
        elif name in UNMODELLED:
            self._warnings.append(f"--{name}: {UNMODELLED[name]}")
        else:
            self._other(name, value or "")

    def _serve(self, name: str, value: str | None) -> None:
        target, read = SERVING[name]
        if value is not None and "$" in value:
            self._unknown.append(target)
            self._warnings.append(f"--{name} is {value}, whose value is not known here")
        elif name == "max-model-len" and value in {"-1", "auto"}:
            self._serving.pop(target, None)
        else:
            try:
                self._serving[target] = read(value or "")
            except ValueError as error:
                got = "" if value is None else show(value)
                self.issues.append(Issue(path=f"--{name}", rule=str(error), value=got))

    def _other(self, name: str, value: str) -> None:
        if name == "served-model-name":
            self._names.append(value)
        elif name == "dtype":
            self._dtype = _DTYPES.get(value)
        elif name == "quantization" or (name == "load-format" and value == "bitsandbytes"):
            self._quantize(value)
        elif name == "data-parallel-size":
            self._copies(value)

    def _quantize(self, value: str) -> None:
        self._quantized = _QUANTIZATION.get(value.lower().replace("-", "_"))
        taken = f"are taken as {self._quantized}" if self._quantized else "keep the model's type"
        self._warnings.append(f"--quantization {value}: the weights {taken}, which is assumed")

    def _copies(self, value: str) -> None:
        if value.isdecimal() and len(value) < 6:
            self._data_parallel = int(value)
            return
        self._warnings.append(f"--data-parallel-size is {value}, which is not read")
