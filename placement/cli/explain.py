"""``placement explain``: why a workload is where it is, and what every limit is worth."""

import json
from typing import TYPE_CHECKING, Annotated

import typer

from placement.cli.exits import Exit, exit_of
from placement.cli.inputs import load_plan, load_problem, warn
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
from placement.errors import InputError, Issue

if TYPE_CHECKING:
    from collections.abc import Iterator

    from placement.cli.background import Task
    from placement.cli.explaining import Explained
    from placement.cli.tables import Block
    from placement.plan import Plan

__all__ = ["explain_command"]

_Workload = Annotated[
    str | None,
    typer.Option("--workload", "-w", metavar="NAME", help="Its name, or namespace/name."),
]
_PlanFile = Annotated[
    str | None,
    typer.Option("--plan", metavar="FILE", help="Explain this plan (JSON) in place of solving."),
]
_NoRepair = Annotated[
    bool,
    typer.Option("--no-repair", help="Do not look for rules in conflict, nor for a repair."),
]
_Prices = Annotated[
    bool,
    typer.Option("--prices", help="What a unit more of every stock, quota and limit is worth."),
]
_Json = Annotated[bool, typer.Option("--json", help="Print the explanation as JSON.")]


def explain_command(
    *,
    files: FilesOrExample = None,
    workload: _Workload = None,
    plan: _PlanFile = None,
    no_repair: _NoRepair = False,
    prices: _Prices = False,
    solver: SolverName = "highs",
    time_limit: TimeLimit = 60.0,
    gap: Gap = 0.0,
    seed: Seed = 0,
    strategy: StrategyName = "auto",
    workers: Workers = 1,
    as_json: _Json = False,
    quiet: Quiet = False,
) -> None:
    """Say why a workload is where it is, why not elsewhere, and what would change it.

    The chosen places with price and memory, every refused place with the rule and the figures,
    every possible but unused one with its price, and the limits that bind. Where replicas are left
    out: the rules that keep them out together, and the cheapest change that places them.

    Examples
    --------
      placement explain --workload qwen3-8b
      placement explain fleet.yaml manifests/ --workload prod/chat
      placement explain fleet.yaml --plan plan.json --workload chat --json
      placement explain fleet.yaml --prices

    Exit codes: 0 all replicas placed, 3 some unplaced (of any workload), 4 no plan, 1 the plan
    given breaks rules, 2 bad input, 130 interrupted.
    """
    from placement.cli.background import run
    from placement.cli.explaining import Wanted, explained

    if workload is None and not prices:
        rule = "is required, but for --prices: the name of the workload to explain"
        raise InputError([Issue(path="--workload", rule=rule)])
    paths = files or []
    search = Search(
        solver=solver,
        time_limit=time_limit,
        gap=gap,
        seed=seed,
        strategy=strategy,
        workers=workers,
        quiet=quiet,
    )
    wanted = Wanted(workload=workload, repair=not no_repair, prices=prices)

    def work(task: "Task[Explained]") -> "Explained":
        task.stage = "reading"
        loaded = load_problem(paths, quiet=quiet)
        warn((*loaded.warnings, *loaded.problem.warnings()))
        return explained(task, loaded.problem, wanted, _given(plan, paths), search)

    found = run(work, quiet=quiet)
    _refuse_broken(found, plan)
    _show(found, as_json=as_json)
    if found.stopped:
        say("placement: stopped by Ctrl-C: this explains the best plan found until then")
        raise typer.Exit(Exit.INTERRUPTED)
    raise typer.Exit(exit_of(found.plan))


def _refuse_broken(found: "Explained", plan: str | None) -> None:
    """End with what the plan given breaks, if it breaks anything."""
    if found.broken:
        say(f"placement: {plan} is no valid plan for this problem, so it is not explained:")
        for violation in found.broken:
            say(f"  {violation}")
        raise typer.Exit(Exit.INVALID)


def _show(found: "Explained", *, as_json: bool) -> None:
    """Print what was found, as tables or as JSON."""
    from placement.cli.tables import render

    if as_json:
        emit_document(json.dumps(found.to_dict(), indent=2, ensure_ascii=False) + "\n")
    else:
        emit(render(_blocks(found)))


def _blocks(found: "Explained") -> "Iterator[Block]":
    from placement.cli.explain_view import explanation_blocks
    from placement.cli.reasons_view import price_blocks, reason_blocks

    if found.explanation is not None:
        yield from explanation_blocks(found.explanation, found.plan)
        yield from reason_blocks(found)
    if found.prices is not None:
        yield from price_blocks(found.prices, found.plan)


def _given(plan: str | None, paths: list[str]) -> "Plan | None":
    return None if plan is None else load_plan(plan, paths)
