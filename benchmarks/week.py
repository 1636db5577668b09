"""Prints what three policies cost in a week of changing demand and prices, moves included.

Run ``python benchmarks/week.py`` for Markdown, with ``--json`` for JSON with every hour. Exits with
1 if pricing the moves does not beat both never moving and always re-optimising.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

from week_world import HOURS, NOTHING, World

from placement import Plan, Problem, Progress, place
from placement.moves import moves_of, needs_drain

__all__ = ["POLICIES", "Hour", "Week", "replay", "table"]

MOVE_COST = 0.35
"""USD for a move: about a quarter of an hour of two small GPU nodes, while a new replica loads its
weights beside the old one."""

HORIZON = 6.0  # hours over which a move has to pay: spot prices are half back after 14
LONGEST = 10.0  # seconds that one plan may take
SAVING = 0.005  # of the money, below which nothing moves

POLICIES: dict[str, dict[str, float]] = {
    "never move": {"move_cost": MOVE_COST, "max_moves": 0},
    "always re-optimise": {"move_cost": 0.0},
    "moves priced": {
        "move_cost": MOVE_COST,
        "horizon_hours": HORIZON,
        "min_saving": SAVING,
    },
}
"""What each policy tells the library; all are charged :data:`MOVE_COST` for what they move."""

OURS = "moves priced"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hour:
    """What an hour cost.

    Parameters
    ----------
    nodes
        USD for all nodes.
    moved, drained
        Running replicas that were moved, and those of them that had to stop first.
    seconds
        Of planning.
    gap
        What is left between the plan's money and its bound, as a share.
    """

    nodes: float
    moved: int
    drained: int
    unplaced: int
    seconds: float
    ended_by: str
    gap: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """What a policy cost, hour by hour."""

    policy: str
    hours: tuple[Hour, ...]

    @property
    def nodes(self) -> float:
        """Return USD for all nodes."""
        return sum(hour.nodes for hour in self.hours)

    @property
    def moved(self) -> int:
        """Return the replicas moved."""
        return sum(hour.moved for hour in self.hours)

    @property
    def moves(self) -> float:
        """Return USD for all moves."""
        return MOVE_COST * self.moved

    @property
    def total(self) -> float:
        """Return USD for nodes and moves."""
        return self.nodes + self.moves

    @property
    def unplaced(self) -> int:
        """Return replica-hours without a place."""
        return sum(hour.unplaced for hour in self.hours)


def replay(world: World, policy: str, hours: int = HOURS) -> Week:
    """Return what a policy costs: every hour is planned with what the hour before left running."""
    running, found = NOTHING, []
    for hour in range(hours):
        problem = world.problem(hour, running, **POLICIES[policy])
        begun = time.perf_counter()
        plan = _planned(problem)
        seconds = time.perf_counter() - begun
        moves = moves_of(problem, plan.nodes)
        found.append(
            Hour(
                nodes=plan.cost_per_hour,
                moved=sum(move.replicas for move in moves),
                drained=needs_drain(moves),
                unplaced=plan.replicas_unplaced,
                seconds=seconds,
                ended_by=plan.ended_by,
                gap=plan.gap,
            )
        )
        running = world.after(plan)
    return Week(policy=policy, hours=tuple(found))


def _planned(problem: Problem) -> Plan:
    """Return the plan, without the last level: which of equal plans has the first names."""
    seen = [""]  # the level being solved: with min_saving, there are two searches

    def note(progress: Progress) -> None:
        seen[0] = progress.stage

    return place(problem, time_limit=LONGEST, progress=note, cancel=lambda: seen[0] == "names")


def main() -> int:
    """Replay, print, and return whether pricing moves is the cheapest."""
    arguments = _arguments()
    world = World(arguments.seed)
    weeks = []
    for policy in POLICIES:
        print(f"{policy} ...", file=sys.stderr)
        weeks.append(replay(world, policy, arguments.hours))
    if arguments.json:
        print(json.dumps([asdict(week) for week in weeks], indent=2))
    else:
        print("\n".join(table(weeks)))
    by_name = {week.policy: week for week in weeks}
    fewest = min(week.unplaced for week in weeks)
    beaten = all(by_name[OURS].total < week.total for week in weeks if week.policy != OURS)
    return 0 if beaten and by_name[OURS].unplaced == fewest else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="A week of changing demand and prices")
    parser.add_argument("--json", action="store_true", help="print JSON with every hour")
    parser.add_argument("--seed", type=int, default=0, help="of the spot prices (default 0)")
    parser.add_argument("--hours", type=int, default=HOURS, help=f"to replay (default {HOURS})")
    arguments = parser.parse_args()
    if not 1 <= arguments.hours <= HOURS:
        parser.error(f"--hours must be from 1 to {HOURS}")
    return arguments


def table(weeks: Sequence[Week]) -> Iterator[str]:
    """Yield the table: a row for each policy."""
    figures = ("nodes", "moves", "drained", "cost of moves", "total", "unplaced", "seconds")
    yield _row(["policy", *figures, "longest plan"])
    yield _row(["---", *["---:"] * 8])
    for week in weeks:
        yield _row(
            [
                week.policy,
                f"{week.nodes:,.2f}",
                str(week.moved),
                str(sum(hour.drained for hour in week.hours)),
                f"{week.moves:,.2f}",
                f"**{week.total:,.2f}**",
                str(week.unplaced),
                f"{sum(hour.seconds for hour in week.hours):.0f}",
                f"{max(hour.seconds for hour in week.hours):.1f}",
            ]
        )


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    sys.exit(main())
