"""Opening the files of a model: regular ones, inside its folder, and only so much of them."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from placement.errors import AdapterError, Issue

__all__ = ["MOST_FILES", "fault", "holds", "names_in", "open_file", "read_file"]

MOST_FILES = 10_000
"""Files in a model's folder; DeepSeek-R1, a large one, has 163 of weights."""

_CACHE = "models--"  # how a Hugging Face cache begins the name of a model's folder
_FLAGS = os.O_RDONLY
for _name in ("O_NONBLOCK", "O_NOFOLLOW", "O_BINARY"):  # not every system has every one
    _FLAGS |= getattr(os, _name, 0)


def fault(rule: str, file: Path, path: str = "", value: str = "") -> AdapterError:
    """Return the error that one file breaks one rule."""
    return AdapterError([Issue(path=path, rule=rule, value=value, source=str(file))])


def holds(folder: Path, name: str) -> bool:
    """Return whether a folder has something of that name, be it a dangling link."""
    return os.path.lexists(folder / name)


def names_in(folder: Path) -> tuple[str, ...]:
    """Return the names in a folder, sorted.

    Raises
    ------
    AdapterError
        When it cannot be listed, or holds more than 10,000.
    """
    names: list[str] = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                names.append(entry.name)
                if len(names) > MOST_FILES:
                    raise fault(f"must not hold more than {MOST_FILES} files", folder)
    except OSError as error:
        raise fault(f"cannot be listed: {error.strerror or error}", folder) from error
    return tuple(sorted(names))


@contextmanager
def open_file(file: Path) -> Iterator[tuple[BinaryIO, int]]:
    """Open a model's file to read; also yield its size in bytes.

    A link may lead anywhere inside the file's folder, and inside the ``models--*`` folder of a
    Hugging Face cache, whose snapshots link to their blobs.

    Raises
    ------
    AdapterError
        When it is no regular file (a folder, pipe or device), links out of the folder, or cannot
        be read. Nothing here waits for a writer.
    """
    try:
        real = file.resolve(strict=True)
        _stays(file, real)
        descriptor = os.open(real, _FLAGS)
    except (OSError, RuntimeError, ValueError) as error:  # RuntimeError: links in a circle
        reason = getattr(error, "strerror", None) or error
        raise fault(f"cannot be read: {reason}", file) from error
    state = os.fstat(descriptor)
    if not stat.S_ISREG(state.st_mode):
        os.close(descriptor)
        raise fault("must be a regular file, not a folder, pipe or device", file)
    with os.fdopen(descriptor, "rb") as stream:
        yield stream, state.st_size


def read_file(file: Path, most: int) -> str:
    """Return a whole small file as text.

    Raises
    ------
    AdapterError
        As :func:`open_file`; when it has more than ``most`` bytes, or is not UTF-8.
    """
    with open_file(file) as (stream, size):
        if size > most:
            raise fault(f"must not be larger than {most // 2**20} MiB", file)
        try:
            return stream.read(most).decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise fault("must be UTF-8", file) from error
        except OSError as error:
            raise fault(f"cannot be read: {error.strerror or error}", file) from error


def _stays(file: Path, real: Path) -> None:
    folder = file.parent.resolve()
    cache = next((part for part in folder.parents if part.name.startswith(_CACHE)), folder)
    if not real.is_relative_to(cache):
        rule = "must not link to a file outside the model's folder; copy the file into it"
        raise fault(rule, file)
