"""Standard output carries results, standard error all else; neither ever shows a traceback."""

import os
import sys
from typing import TextIO

from placement.errors import InputError, Issue

__all__ = ["emit", "emit_document", "prepare", "printable", "say"]


def prepare() -> None:
    """Make both streams write what their encoding lacks as escapes, not fail on it."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def printable(text: str) -> str:
    """Return ``text`` with what could steer a terminal written as escapes."""
    if text.isprintable():
        return text
    return "".join(
        sign if sign.isprintable() or sign == "\n" else sign.encode("unicode_escape").decode()
        for sign in text
    )


def say(text: str) -> None:
    """Write a line to standard error: a note, a warning, an error, or progress."""
    try:
        print(printable(text), file=sys.stderr, flush=True)
    except (OSError, ValueError):
        return  # nobody listens, and there is nowhere left to say so


def emit(text: str) -> None:
    """Write a result for people to standard output.

    Raises
    ------
    InputError
        When it cannot be written; a reader that has left is no error.
    """
    _write(sys.stdout, text if text.endswith("\n") else f"{text}\n")


def emit_document(text: str) -> None:
    """Write a document (JSON or YAML) to standard output, in UTF-8 whatever the terminal's is."""
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    _write(sys.stdout, text)


def _write(stream: TextIO | None, text: str) -> None:
    if stream is None:  # it was closed before the program began
        return
    try:
        stream.write(text)
        stream.flush()
    except BrokenPipeError:
        _silence(stream)
    except OSError as error:
        _silence(stream)
        rule = f"cannot be written: {error.strerror or error}"
        raise InputError([Issue(path="", rule=rule, source="standard output")]) from error


def _silence(stream: TextIO) -> None:
    """Let what is still buffered go nowhere, so that the interpreter's end is quiet too."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, stream.fileno())
    except (OSError, ValueError):
        return  # a stream without a file has nothing to flush at the end
    finally:
        os.close(nowhere)
