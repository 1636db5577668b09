"""``placement compare``: the optimum beside what greedy schedulers do."""

import json
from typing import TYPE_CHECKING, Annotated

import typer

from placement.cli.exits import Exit, exit_of
from placement.cli.inputs import load_problem, warn
from placement.cli.options import (
    FilesOrExample,
    Gap,
    Quiet,
    Search,
    Seed,
    SolverName,
    StrategyName,
    TimeLimit,
    Workers,
)
from placement.cli.streams import emit, emit_document, say

if TYPE_CHECKING:
    from placement.cli.background import Task
    from placement.cli.comparison import Comparison

__all__ = ["compare_command"]

_Json = Annotated[bool, typer.Option("--json", help="Print the comparison as JSON.")]


def compare_command(
    *,
    files: FilesOrExample = None,
    solver: SolverName = "highs",
    time_limit: TimeLimit = 60.0,
    gap: Gap = 0.0,
    seed: Seed = 0,
    strategy: StrategyName = "auto",
    workers: Workers = 1,
    as_json: _Json = False,
    quiet: Quiet = False,
) -> None:
    """Show the optimum beside every greedy baseline: cost, unplaced replicas, nodes, seconds.

    Each baseline is the faithful rule of something in use: Karmada's divisions, inventory-aware
    scheduling, cheapest first, first-fit-decreasing. Every plan is verified.

    Examples
    --------
      placement compare
      placement compare fleet.yaml manifests/ --time-limit 120
      placement compare fleet.yaml --json | jq '.[] | {name, cost_per_hour, saving}'

    Exit codes: those of the optimum's plan (0, 3, 4); 1 where a plan breaks a rule that its maker
    knows; 2 bad input; 130 stopped by Ctrl-C.
    """
    from placement.cli.background import run
    from placement.cli.compare_view import comparison_blocks
    from placement.cli.tables import render
    from placement.solvers.greedy import UNKNOWN

    search = Search(
        solver=solver,
        time_limit=time_limit,
        gap=gap,
        seed=seed,
        strategy=strategy,
        workers=workers,
        quiet=quiet,
    )
    found, stopped = run(lambda task: _compared(task, files or [], search), quiet=quiet)
    if as_json:
        rows = [row.to_dict() for row in found.rows]
        emit_document(json.dumps(rows, indent=2, ensure_ascii=False) + "\n")
    else:
        emit(render(comparison_blocks(found)))
    if stopped:
        say("placement: stopped by Ctrl-C: the first row is the best plan found until then")
        raise typer.Exit(Exit.INTERRUPTED)
    if not found.sound(UNKNOWN):
        raise typer.Exit(Exit.INVALID)
    raise typer.Exit(exit_of(found.rows[0].plan))


def _compared(
    task: "Task[tuple[Comparison, bool]]", files: list[str], search: Search
) -> tuple["Comparison", bool]:
    from placement.candidates import find_candidates
    from placement.cli.comparison import Comparison, compared
    from placement.cli.solving import planned
    from placement.solvers.greedy import BASELINES

    task.stage = "reading"
    loaded = load_problem(files, quiet=search.quiet)
    problem = loaded.problem
    optimum = planned(task, problem, search)
    warn((*loaded.warnings, *problem.warnings()))
    candidates = find_candidates(problem)
    others = {}
    for name, baseline in BASELINES.items():
        task.stage = f"baseline {name}"
        others[name] = baseline(problem, candidates)
    task.stage = "verifying"
    comparison: Comparison = compared(problem, optimum, others)
    return comparison, task.stopping
