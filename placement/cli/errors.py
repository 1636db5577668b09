"""Exceptions as lines on standard error and an exit code."""

import os
import traceback

import typer

from placement.cli.exits import Exit
from placement.cli.streams import say
from placement.errors import InputError, SolverError, nearest

__all__ = ["USAGE_ERRORS", "Interrupted", "report"]

USAGE_ERRORS = tuple(
    kind for kind in typer.BadParameter.__mro__ if kind.__name__ == "ClickException"
)
"""What typer raises for a bad command line: Click's own class, or the copy that newer versions of
typer carry."""


class Interrupted(Exception):
    """Ctrl-C ended the command before it had anything to show."""


def report(error: BaseException) -> Exit:
    """Say what went wrong, one line for each reason, and return the exit code."""
    if isinstance(error, InputError):
        for issue in error.issues:
            say(str(issue))
        if len(error.issues) > 1:
            say(f"placement: {len(error.issues)} errors")
        return Exit.BAD_INPUT
    if isinstance(error, USAGE_ERRORS):
        return _usage(error)
    if isinstance(error, SolverError):
        say(f"placement: no plan: {error}")
        return Exit.NO_PLAN
    if isinstance(error, Interrupted | KeyboardInterrupt):
        say("placement: interrupted; nothing was written")
        return Exit.INTERRUPTED
    return _internal(error)


def _usage(error: BaseException) -> Exit:
    context = getattr(error, "ctx", None)
    command = getattr(context, "command_path", "placement")
    message = error.format_message() if hasattr(error, "format_message") else str(error)
    if type(error).__name__ == "NoArgsIsHelpError":
        say(message)
        return Exit.BAD_INPUT
    say(f"{command}: {' '.join(message.split())}{_hint(error, message)}")
    say(f"see: {command} --help")
    return Exit.BAD_INPUT


def _hint(error: BaseException, message: str) -> str:
    """Return the nearest known name, unless the message has one already."""
    known = getattr(error, "possibilities", None)
    name = getattr(error, "option_name", None)
    if not name or not known or "ossib" in message or "mean" in message:
        return ""
    return nearest(name, known)


def _internal(error: BaseException) -> Exit:
    """Speak of a fault of this program: the traceback only where someone asks for it."""
    if os.environ.get("PLACEMENT_DEBUG"):
        say("".join(traceback.format_exception(error)).rstrip())
    what = "out of memory" if isinstance(error, MemoryError) else f"{type(error).__name__}: {error}"
    say(f"placement: internal error: {what}")
    say("this is a fault of placement, not of the input; PLACEMENT_DEBUG=1 shows where it arose")
    return Exit.INTERNAL
