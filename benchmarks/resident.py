"""Resident memory of this process, and of all processes of a session."""

import resource
import sys
from pathlib import Path

__all__ = ["forget", "peak", "resident"]

PROC = Path("/proc")
STATUS = PROC / "self" / "status"
CLEAR = PROC / "self" / "clear_refs"


def forget() -> None:
    """Reset the peak to what is resident now. Source: proc(5), /proc/pid/clear_refs, value 5."""
    if CLEAR.exists():
        CLEAR.write_text("5")


def peak() -> float:
    """Return the peak of resident memory in MiB.

    ``getrusage`` counts a parent's memory from before exec on Linux; VmHWM does not.
    """
    if STATUS.exists():
        fields = dict(line.split(":", 1) for line in STATUS.read_text().splitlines())
        return round(int(fields["VmHWM"].split()[0]) / 2**10, 1)
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit, 1)


def resident(session: int) -> float:
    """Return what is resident of all processes of a session in MiB; 0 where /proc is not there.

    Pages that several share count for each. Source: proc(5), /proc/pid/stat, fields 6 and 24.
    """
    pages = 0
    for folder in PROC.glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:  # it has ended
            continue
        if int(fields[3]) == session:
            pages += int(fields[21])
    return pages * resource.getpagesize() / 2**20
