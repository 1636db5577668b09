"""The command as a whole: its parts, its help, and how it ends."""

import functools
import inspect
import os
import sys
import threading
from collections.abc import Callable, Mapping
from typing import Annotated

import typer
from typer.main import get_command

from placement.cli.background import WORKER
from placement.cli.compare import compare_command
from placement.cli.diff import diff_command
from placement.cli.errors import Interrupted, report
from placement.cli.explain import explain_command
from placement.cli.fit import fit_command
from placement.cli.plan import plan_command
from placement.cli.schema import schema_command
from placement.cli.streams import emit, prepare
from placement.cli.verify import verify_command
from placement.cli.whatif import whatif_command

__all__ = ["app", "run"]

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)

_COMMANDS: Mapping[str, Callable[..., None]] = {
    "plan": plan_command,
    "verify": verify_command,
    "compare": compare_command,
    "explain": explain_command,
    "diff": diff_command,
    "whatif": whatif_command,
    "fit": fit_command,
    "schema": schema_command,
}


def _help(command: Callable[..., None]) -> str:
    """Return a docstring as help: paragraphs with indented lines keep their lines."""
    text = inspect.cleandoc(command.__doc__ or "").replace("Examples\n--------", "Examples:")
    text = text.replace("Changes\n-------", "Changes:")
    paragraphs = text.split("\n\n")
    return "\n\n".join(f"\b\n{part}" if "\n  " in part else part for part in paragraphs)


def _heard(command: Callable[..., None]) -> Callable[..., None]:
    """Return a command whose Ctrl-C reaches :func:`run`: typer would end it without a word."""

    @functools.wraps(command)
    def heard(**options: object) -> None:
        try:
            command(**options)
        except KeyboardInterrupt:
            raise Interrupted from None

    return heard


def _dashed(word: str) -> str:
    """Return an option's name as it is declared: vLLM's flags may have underscores, too."""
    return word.replace("_", "-")


_SETTINGS = {"token_normalize_func": _dashed}
for _name, _command in _COMMANDS.items():
    app.command(_name, help=_help(_command), context_settings=_SETTINGS)(_heard(_command))


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        emit(f"placement {version('placement')}")
        raise typer.Exit


def _top(
    version: Annotated[
        bool,
        typer.Option("--version", is_eager=True, callback=_version, help="Show the version."),
    ] = False,
) -> None:
    """Decide where GPU inference replicas run across Kubernetes clusters, and on which nodes.

    The cheapest placement that keeps every rule, proven; checked by an independent verifier.

    Examples
    --------
      placement plan                              the built-in example: four replicas, two clusters
      placement plan fleet.yaml manifests/        your own, problem documents and manifests mixed
      placement compare fleet.yaml                what greedy schedulers would do, and cost
      placement explain fleet.yaml --workload chat
      placement whatif fleet.yaml --sweep region  what the loss of every region would cost
      placement fit Qwen/Qwen3-8B --gpu A10 --max-model-len 8192

    Exit codes: 0 all replicas placed (or done), 1 verification failed, 2 bad input,
    3 some replicas unplaced, 4 no plan, 130 interrupted.
    Results go to standard output, all else to standard error.
    """


app.callback(help=_help(_top))(_top)


def run(arguments: list[str]) -> int:
    """Run the command with its arguments and return its exit code; nothing escapes as traceback."""
    prepare()
    try:
        code = get_command(app).main(args=arguments, prog_name="placement", standalone_mode=False)
    except BaseException as error:  # whatever it is, it becomes lines and a code
        if isinstance(error, SystemExit):
            raise
        code = report(error)
    if any(thread.name == WORKER for thread in threading.enumerate()):
        _leave(int(code or 0))
    return int(code or 0)


def _leave(code: int) -> None:
    """End at once: a solver still runs, and would not survive the interpreter's own end."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()
    os._exit(code)
