"""Peak memory of every stage, in a process of its own: ``python benchmarks/memory.py 50x20``.

Prints JSON: by stage, MiB of resident memory at most, and how much of that the stage added to what
was resident before it. On Linux the peak is reset before each stage; elsewhere it is the peak since
the start. ``start`` is the interpreter with everything imported. What a stage frees may stay with
the process, so that the next one finds it there and adds less.
"""

import json
import resource
import sys
from pathlib import Path

from stages import STAGES, Case, prepare

__all__ = ["measure"]

STATUS = Path("/proc/self/status")
CLEAR = Path("/proc/self/clear_refs")


def measure(name: str) -> dict[str, dict[str, float]]:
    """Return ``peak`` and ``added`` of every stage at a size, in MiB."""
    case, peaks = Case(name), {"start": {"peak": _peak(), "added": 0.0}}
    for stage, run in STAGES.items():
        prepare(case, stage)
        _forget()
        before = _peak()
        run(case)
        peaks[stage] = {"peak": _peak(), "added": round(_peak() - before, 1)}
    return peaks


def _forget() -> None:
    """Reset the peak to what is resident now. Source: proc(5), /proc/pid/clear_refs, value 5."""
    if CLEAR.exists():
        CLEAR.write_text("5")


def _peak() -> float:
    """Return the peak of resident memory in MiB.

    ``getrusage`` counts a parent's memory from before exec on Linux; VmHWM does not.
    """
    if STATUS.exists():
        fields = dict(line.split(":", 1) for line in STATUS.read_text().splitlines())
        return round(int(fields["VmHWM"].split()[0]) / 2**10, 1)
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit, 1)


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1])))
