"""What ``placement fit`` is asked: models, and vLLM's flags as serving options."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from placement.cli.fit_commands import command_among
from placement.cli.fit_models import model_named
from placement.errors import InputError, Issue, nearest, show
from placement.problem import Model, Serving

if TYPE_CHECKING:
    from placement.adapters.vllm import VllmArguments

__all__ = ["Question", "questions_of"]

_DTYPES = ("auto", "half", "float16", "bfloat16", "float", "float32")
_OWN = (
    *("--gpu", "--gpu-total-gib", "--nodes", "--parallel-choice", "--concurrency", "--json"),
    *("--engine-version", "--bars", "--no-bars", "--plot"),
)
_FIELDS = {
    "concurrency": "--concurrency",
    "engine_version": "--engine-version",
    "parallel_choice": "--parallel-choice",
    "speculative_tokens": "--speculative-config",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One model, as it is to be served.

    Parameters
    ----------
    name
        Of the model, as it was given.
    assumed
        What was assumed in reading its files and the flags.
    """

    name: str
    model: Model
    serving: Serving
    assumed: tuple[str, ...] = ()


def questions_of(
    models: Sequence[str], flags: Mapping[str, str | None], further: Mapping[str, object]
) -> list[Question]:
    """Return a question for every model, or the one that a vLLM command asks.

    Parameters
    ----------
    models
        Folders, files, names and sizes, or the words of ``vllm serve MODEL --flags``.
    flags
        vLLM's flags with their values; an empty value is a switch.
    further
        Fields of ``serving`` that are no flags of vLLM; None leaves one out.

    Raises
    ------
    InputError
        With every model and flag that is not understood.
    """
    from placement.adapters.vllm import parse_command_line
    from placement.adapters.vllm_models import as_served

    command, version = _command(models)
    arguments = parse_command_line([*command, *_words(flags)])
    issues = [*_method_issues(flags), *_open(arguments)]
    if command and not arguments.model:
        rule = "is missing: the command names none, as in vllm serve Qwen/Qwen3-8B"
        raise InputError([*issues, Issue(path="MODEL", rule=rule)])
    fields = {name: value for name, value in further.items() if value is not None}
    if version:
        fields.setdefault("engine_version", version)
    notes = list(arguments.warnings)
    if command and not ("tensor_parallel" in arguments.serving or "parallel_choice" in fields):
        fields["tensor_parallel"] = 1
        notes.append("no --tensor-parallel-size is given: one GPU a stage, as vLLM starts")
    if arguments.data_parallel > 1:
        notes.append(
            f"--data-parallel-size {arguments.data_parallel}: one copy of the model is sized, with "
            "all of its experts"
        )
    serving = _serving(arguments, fields, notes, issues)
    given = {arguments.model or "": arguments.names} if command else dict.fromkeys(models, ())
    found = {name: model_named(name, issues, names=names) for name, names in given.items()}
    if issues or serving is None:
        raise InputError(issues)
    questions = []
    for name, (model, read) in ((name, named) for name, named in found.items() if named):
        served, more = as_served(model, arguments)
        assumed = (*read, *notes, *more)
        questions.append(Question(name=name, model=served, serving=serving, assumed=assumed))
    return questions


def _command(models: Sequence[str]) -> tuple[list[str], str | None]:
    """Return the words of a vLLM command, none where it is no command, and its image's version."""
    words, version = command_among(models)
    if own := [word for word in words if word.partition("=")[0] in _OWN]:
        rule = "is an option of placement, not of vLLM: put it before --"
        raise InputError([Issue(path=word.partition("=")[0], rule=rule) for word in own])
    return words, version


def _words(flags: Mapping[str, str | None]) -> list[str]:
    words = []
    for flag, value in flags.items():
        if value is not None:
            words.append(f"{flag}={value}" if value else flag)
    return words


def _method_issues(flags: Mapping[str, str | None]) -> Iterable[Issue]:
    """Yield what is no type and no method, where it was given as an option."""
    from placement.adapters.vllm_quantization import AS_STORED, WIDTHS, method_name

    dtype, method = flags.get("--dtype"), flags.get("--quantization")
    if dtype is not None and dtype not in _DTYPES:
        rule = f"must be one of {', '.join(_DTYPES)}{nearest(dtype, _DTYPES)}"
        yield Issue(path="--dtype", rule=rule, value=show(dtype))
    known = (*WIDTHS, *AS_STORED)
    if method is not None and method_name(method) not in known:
        rule = (
            "must be a method whose width of weights is known, so that they can be sized: "
            f"{', '.join(known)}{nearest(method, known)}"
        )
        yield Issue(path="--quantization", rule=rule, value=show(method))


def _open(arguments: "VllmArguments") -> Iterable[Issue]:
    for field in arguments.unknown:
        flag = f"--{field.replace('_', '-')}"
        yield Issue(path=flag, rule="is a variable here; write its value into the command")


def _serving(
    arguments: "VllmArguments",
    further: Mapping[str, object],
    notes: list[str],
    issues: list[Issue],
) -> Serving | None:
    """Return the options; add what is wrong to ``issues``, and to ``notes`` what was assumed."""
    from pydantic import ValidationError

    from placement.adapters.vllm_flags import SERVING
    from placement.problem.issues import issues_of

    values = {**arguments.serving, **further}
    if arguments.draft:
        known = type(arguments)(model=arguments.draft).names
        named = model_named(arguments.draft, issues, names=known, path="--speculative-config")
        if named is not None:
            values["draft"] = named[0]
            notes += (f"the draft model: {note}" for note in named[1])
    flags = {**{field: f"--{flag}" for flag, (field, _) in SERVING.items()}, **_FIELDS}
    try:
        return Serving.model_validate(values)
    except ValidationError as error:
        for issue in issues_of(error, Serving, values):
            rule = issue.rule
            if issue.path == "engine_version":
                rule = "must be a version of vLLM such as 0.19.1"
            issues.append(replace(issue, path=flags.get(issue.path, issue.path), rule=rule))
        return None
