"""What ``placement fit`` is asked: models, GPUs, and vLLM's flags as serving options."""

import math
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from placement.errors import InputError, Issue, nearest, show
from placement.problem import Gpu, Model, Serving

if TYPE_CHECKING:
    from placement.adapters.vllm import VllmArguments

__all__ = ["Question", "engine_assumptions", "gpus_of", "questions_of"]

_DTYPES = ("auto", "half", "float16", "bfloat16", "float", "float32")
_WIDTHS = ("fp8", "int8", "int4")
_METHODS = (
    *("awq", "awq_marlin", "gptq", "gptq_marlin", "bitsandbytes", "mxfp4", "fbgemm_fp8"),
    *("modelopt", "ptpc_fp8", "experts_int8", *_WIDTHS),
)  # that the parser of vLLM's command line knows a width for
_UNQUANTISED = {"float16", "bfloat16", "float32"}
_TOO_OLD = ("K80", "P100")
"""Cards that vLLM does not run on: it needs compute capability 7.0 (vLLM documentation,
"Installation: GPU", v0.11), and these have 3.7 and 6.0. They are sized only when named."""

_VERSION = re.compile(r"v?([0-9]{1,4})(?:\.([0-9]{1,4}))?(?:\.[0-9A-Za-z.+-]{1,40})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One model, as it is to be served.

    Parameters
    ----------
    name
        Of the model, as it was given.
    assumed
        What was assumed in reading the flags.
    """

    name: str
    model: Model
    serving: Serving
    assumed: tuple[str, ...] = ()


def questions_of(
    models: Sequence[str], flags: Mapping[str, str | None], quantization: str | None
) -> list[Question]:
    """Return a question for every model, or the one that a vLLM command asks.

    Parameters
    ----------
    models
        Folders, ``config.json`` files and names, or the words of ``vllm serve MODEL --flags``.
    flags
        vLLM's flags with their values; an empty value is a switch.

    Raises
    ------
    InputError
        With every model and flag that is not understood.
    """
    from placement.adapters.vllm import parse_command_line

    command = list(models) if _is_command(models) else []
    words = [*command, *_words(flags), *_quantization_words(quantization)]
    arguments = parse_command_line(words)
    issues = [*_dtype_issues(flags.get("--dtype")), *_unknown(arguments)]
    serving = _serving(arguments, issues)
    names = [arguments.model or ""] if command else list(models)
    found = [_model(name, arguments if command else None, issues) for name in names]
    if issues or serving is None:
        raise InputError(issues)
    width = quantization if quantization in _WIDTHS else arguments.quantized
    return [
        Question(
            name=name,
            model=_typed(model, arguments.dtype, width),
            serving=serving,
            assumed=arguments.warnings,
        )
        for name, model in zip(names, found, strict=True)
        if model is not None
    ]


def gpus_of(names: Sequence[str], total_gib: float | None) -> dict[str, Gpu]:
    """Return the GPUs to size for by name; without names, all that vLLM runs on.

    Parameters
    ----------
    total_gib
        Memory that CUDA reports, in GiB, in place of the table's.

    Raises
    ------
    InputError
        When a name is not in the table of GPUs, or the memory is out of range.
    """
    from placement.memory import known_gpu, known_gpu_names
    from placement.memory.units import gib

    if total_gib is not None and not (math.isfinite(total_gib) and 0 < total_gib <= 10_000):
        rule = "must be above 0 and at most 10000"
        raise InputError([Issue(path="--gpu-total-gib", rule=rule, value=str(total_gib))])
    total = None if total_gib is None else gib(total_gib)
    if not names and total is not None:
        return {f"{total_gib:g} GiB": Gpu(model="GPU", count=1, memory=total, usable_memory=total)}
    known = known_gpu_names()
    wanted = names or [name for name in known if name not in _TOO_OLD]
    found: dict[str, Gpu] = {}
    issues = []
    for name in wanted:
        card = known_gpu(name)
        if card is None and total is None:
            rule = f"is not in the table of GPUs{nearest(name, known) or _closest(name, known)}"
            issues.append(Issue(path="--gpu", rule=rule, value=show(name)))
        elif total is None and card is not None:
            found[name] = card
        elif total is not None:
            nominal = max(total, card.memory if card else 0)
            model = card.model if card else name
            found[name] = Gpu(model=model, count=1, memory=nominal, usable_memory=total)
    if issues:
        raise InputError(issues)
    return found


def engine_assumptions(version: str | None) -> tuple[str, ...]:
    """Return what is assumed of an engine's version.

    Raises
    ------
    InputError
        When it is no version.
    """
    if version is None:
        return ()
    match = _VERSION.fullmatch(version)
    if match is None:
        rule = "must be a version of vLLM such as 0.20.1"
        raise InputError([Issue(path="--engine-version", rule=rule, value=show(version))])
    if (int(match[1]), int(match[2] or 0)) >= (0, 20):
        return ()
    return (
        f"vLLM {version} is not modelled by itself: its activation, libraries and CUDA graphs "
        "are taken as those of 0.20 and newer",
    )


def _is_command(models: Sequence[str]) -> bool:
    head = list(models[:2])
    return (len(head) == 2 and head[0].rpartition("/")[2] == "vllm" and head[1] == "serve") or any(
        word.startswith("vllm.entrypoints.") for word in models[:4]
    )


def _words(flags: Mapping[str, str | None]) -> list[str]:
    words = []
    for flag, value in flags.items():
        if value is not None:
            words.append(f"{flag}={value}" if value else flag)
    return words


def _quantization_words(method: str | None) -> list[str]:
    if method is None or method in _WIDTHS:
        return []
    if method.lower().replace("-", "_") not in _METHODS:
        rule = (
            "must be a method whose width of weights is known, so that they can be sized: "
            f"{', '.join(_METHODS)}{nearest(method, _METHODS)}"
        )
        raise InputError([Issue(path="--quantization", rule=rule, value=show(method))])
    return [f"--quantization={method}"]


def _dtype_issues(dtype: str | None) -> Iterable[Issue]:
    if dtype is not None and dtype not in _DTYPES:
        rule = f"must be one of {', '.join(_DTYPES)}{nearest(dtype, _DTYPES)}"
        yield Issue(path="--dtype", rule=rule, value=show(dtype))


def _unknown(arguments: "VllmArguments") -> Iterable[Issue]:
    for field in arguments.unknown:
        flag = f"--{field.replace('_', '-')}"
        yield Issue(path=flag, rule="is a variable here; write its value into the command")


def _serving(arguments: "VllmArguments", issues: list[Issue]) -> Serving | None:
    from pydantic import ValidationError

    from placement.adapters.vllm_flags import SERVING
    from placement.problem.issues import issues_of

    flags = {field: f"--{flag}" for flag, (field, _) in SERVING.items()}
    try:
        return Serving.model_validate(arguments.serving)
    except ValidationError as error:
        for issue in issues_of(error, Serving, arguments.serving):
            issues.append(replace(issue, path=flags.get(issue.path, issue.path)))
        return None


def _model(name: str, command: "VllmArguments | None", issues: list[Issue]) -> Model | None:
    """Return the model of a folder, a file or a name; add what is wrong with it to ``issues``."""
    from placement.adapters.huggingface import read_model
    from placement.memory import known_model, known_model_names

    try:
        if "\0" not in name and name and os.path.exists(name):
            return read_model(name)
    except InputError as error:
        issues.extend(error.issues)
        return None
    for candidate in command.names if command else (name,):
        if (model := known_model(candidate)) is not None:
            return model
    names = known_model_names()
    hint = nearest(name, names) or nearest(name, [full.split("/")[-1] for full in names])
    rule = f"is no folder, no config.json and no built-in model{hint}"
    issues.append(Issue(path="MODEL", rule=rule, value=show(name)))
    return None


def _typed(model: Model, dtype: str | None, width: str | None) -> Model:
    """Return a model with the type of its weights changed; what is quantised stays so."""
    if model.dtype not in _UNQUANTISED or not (dtype or width):
        return model
    return model.model_copy(update={"dtype": width or dtype})


def _closest(name: str, known: Iterable[str]) -> str:
    """Return known names that hold ``name`` or are held by it."""
    low = name.lower()
    alike = [other for other in known if low and (low in other.lower() or other.lower() in low)]
    return f"; known: {', '.join(alike)}" if alike else f"; known: {', '.join(known)}"
