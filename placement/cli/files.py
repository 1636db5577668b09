"""Files that come to be whole or not at all."""

import contextlib
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from placement.cli.streams import emit_document, say
from placement.errors import InputError, Issue

__all__ = ["STANDARD_OUTPUT", "check_targets", "write_all"]

STANDARD_OUTPUT = "-"


def check_targets(targets: Mapping[str, str | None], inputs: list[str]) -> None:
    """Refuse targets that cannot be written, before any work is done for them.

    Parameters
    ----------
    targets
        Path (or ``-``, or None) of each output, by the option that names it.
    inputs
        What is read; no output may take the place of one.

    Raises
    ------
    InputError
        With every target that is at fault.
    """
    issues: list[Issue] = []
    taken = {
        os.path.realpath(path): "is an input, which must not be overwritten"
        for path in inputs
        if path != STANDARD_OUTPUT and "\0" not in path
    }
    for option, path in targets.items():
        if path is None:
            continue
        plain = path == STANDARD_OUTPUT or "\0" in path
        real = path if plain else os.path.realpath(path)
        rule = taken.get(real) or ("" if path == STANDARD_OUTPUT else _refusal(path))
        if rule:
            issues.append(Issue(path="", rule=rule, source=f"{option} {path}"))
        taken[real] = f"is the target of {option} already; name another"
    if issues:
        raise InputError(issues)


def write_all(documents: Mapping[str, str], *, quiet: bool = False) -> None:
    """Write documents by path: all of them, or, where one cannot be written, none.

    Raises
    ------
    InputError
        When a file cannot be written.
    """
    ready: list[tuple[Path, Path]] = []
    at = ""
    try:
        for at, text in documents.items():
            target = Path(os.path.realpath(at))
            if at != STANDARD_OUTPUT and target.exists() and not target.is_file():
                target.write_text(text, encoding="utf-8", newline="\n")  # a device or a pipe
            elif at != STANDARD_OUTPUT:
                ready.append((_beside(target, text), target))
        for temporary, target in ready:
            at = str(target)
            temporary.replace(target)
    except OSError as error:
        rule = f"cannot be written: {error.strerror or error}"
        raise InputError([Issue(path="", rule=rule, source=at)]) from error
    finally:
        for temporary, _ in ready:
            temporary.unlink(missing_ok=True)
    for path in documents:
        if path != STANDARD_OUTPUT and not quiet:
            say(f"wrote {path}")
    if STANDARD_OUTPUT in documents:
        emit_document(documents[STANDARD_OUTPUT])


def _refusal(path: str) -> str:
    """Return why a path cannot be written, or an empty string."""
    if not path or "\0" in path:
        return "is no file name"
    if os.path.isdir(path):
        return "is a folder; name a file in it"
    folder = os.path.dirname(os.path.realpath(path))
    if not os.path.isdir(folder):
        return f"cannot be written: there is no folder {folder}"
    if not os.access(path if os.path.exists(path) else folder, os.W_OK):
        return "cannot be written: permission denied"
    return ""


def _beside(target: Path, text: str) -> Path:
    """Write to a new file in the target's folder; return it."""
    handle, name = tempfile.mkstemp(prefix=f".{target.name[:100]}.", dir=target.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        temporary.chmod(_mode(target))
    except OSError:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    return temporary


def _mode(target: Path) -> int:
    """Return the mode of the file that is replaced, else that of any new file."""
    if target.exists():
        return target.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
