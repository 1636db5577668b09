"""What the command reads: problems and plans."""

import sys
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from placement.cli.files import STANDARD_OUTPUT
from placement.cli.streams import say
from placement.errors import InputError, Issue, show

if TYPE_CHECKING:
    from placement.adapters.documents import Document
    from placement.adapters.problems import Loaded
    from placement.plan import Plan

__all__ = ["STANDARD_INPUT", "load_documents", "load_plan", "load_problem", "warn"]

STANDARD_INPUT = STANDARD_OUTPUT  # both are written "-"


def load_problem(paths: list[str], *, quiet: bool = False) -> "Loaded":
    """Return the problem that files and folders hold; without any, the built-in example.

    Raises
    ------
    InputError
        With every fault found.
    """
    from placement.adapters.problems import problem_of

    return problem_of(load_documents(paths, quiet=quiet))


def load_documents(paths: list[str], *, quiet: bool = False) -> "tuple[Document, ...]":
    """Return the documents of files and folders; without any, the built-in example.

    Raises
    ------
    InputError
        With every fault found.
    """
    from placement.adapters.documents import read_documents

    if paths:
        return read_documents(paths)
    if not quiet:
        say("note: no FILE given, so this is the built-in example: two clusters without a GPU node")
    with resources.as_file(resources.files("placement.cli") / "demo.yaml") as example:
        return read_documents([example])


def load_plan(path: str, problem_paths: list[str]) -> "Plan":
    """Return the plan that a JSON file, or standard input, holds.

    Raises
    ------
    InputError
        With every fault found.
    """
    from pydantic import ValidationError

    from placement.adapters.json_text import load_json
    from placement.plan import Plan
    from placement.problem.issues import issues_of

    if path == STANDARD_INPUT and STANDARD_INPUT in problem_paths:
        rule = "standard input is given as FILE already; only one of the two can be read from it"
        raise InputError([Issue(path="", rule=rule, source="--plan -")])
    source = "standard input" if path == STANDARD_INPUT else path
    value = load_json(_text(path), source)
    if not isinstance(value, dict):
        rule = "must be a plan, as `placement plan -o plan.json` writes it"
        raise InputError([Issue(path="", rule=rule, value=show(value), source=source)])
    try:
        return Plan.model_validate(value)
    except ValidationError as error:
        raise InputError(issue.at(source) for issue in issues_of(error, Plan, value)) from None


def warn(warnings: tuple[str, ...]) -> None:
    """Say warnings, each once."""
    for text in dict.fromkeys(warnings):
        say(f"warning: {text}")


def _text(path: str) -> str:
    from placement.adapters.tables import read_text

    if path != STANDARD_INPUT:
        if "\0" in path:
            raise InputError([Issue(path="", rule="is no file name", source=show(path))])
        return read_text(Path(path))
    try:
        return sys.stdin.buffer.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        rule = "must be UTF-8"
        raise InputError([Issue(path="", rule=rule, source="standard input")]) from error
