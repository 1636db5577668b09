"""Peak memory of every stage, in a process of its own: ``python benchmarks/memory.py 50x20``.

Prints JSON: by stage, MiB of resident memory at most, and how much of that the stage added to what
was resident before it. On Linux the peak is reset before each stage; elsewhere it is the peak since
the start. ``start`` is the interpreter with everything imported. What a stage frees may stay with
the process, so that the next one finds it there and adds less.
"""

import json
import sys

from resident import forget, peak
from stages import STAGES, Case, prepare

__all__ = ["measure"]


def measure(name: str) -> dict[str, dict[str, float]]:
    """Return ``peak`` and ``added`` of every stage at a size, in MiB."""
    case, peaks = Case(name), {"start": {"peak": peak(), "added": 0.0}}
    for stage, run in STAGES.items():
        prepare(case, stage)
        forget()
        before = peak()
        run(case)
        peaks[stage] = {"peak": peak(), "added": round(peak() - before, 1)}
    return peaks


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1])))
