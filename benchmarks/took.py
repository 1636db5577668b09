"""How long something takes, by the wall clock and of the processor."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from figures import time_text

__all__ = ["Took", "median", "timed"]

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Took:
    """Seconds of the wall clock, and of the processor in this process."""

    wall: float
    cpu: float

    @property
    def cells(self) -> list[str]:
        """Return both with their units."""
        return [time_text(self.wall), time_text(self.cpu)]


def timed(do: Callable[[], Result]) -> tuple[Result, Took]:
    """Return what a function returns, and how long it took."""
    wall, cpu = time.perf_counter(), time.process_time()
    result = do()
    return result, Took(time.perf_counter() - wall, time.process_time() - cpu)


def median(do: Callable[[], Result], runs: int) -> tuple[Result, Took]:
    """Return what a function returned last, and the medians of so many runs."""
    found = [timed(do) for _ in range(runs)]
    wall = statistics.median(took.wall for _, took in found)
    return found[-1][0], Took(wall, statistics.median(took.cpu for _, took in found))
