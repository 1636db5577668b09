"""``placement whatif``: the plan before and after changes, and the loss of every region in turn."""

import json
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from placement.cli.changes import Change, parse_changes
from placement.cli.exits import Exit, exit_of
from placement.cli.files import STANDARD_OUTPUT, check_targets, write_all
from placement.cli.inputs import warn
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
    from placement.cli.what_ifs import WhatIfs

__all__ = ["whatif_command"]

_Changes = Annotated[
    list[str] | None,
    typer.Option(
        "--change", "-c", metavar="CHANGE", help="A change, such as 'without region eu-west-1'."
    ),
]
_Sweep = Annotated[
    Literal["region", "zone", "cluster", "provider"] | None,
    typer.Option("--sweep", metavar="OF", help="Lose every region, zone, cluster or provider."),
]
_Output = Annotated[
    str | None,
    typer.Option(
        "--output", "-o", metavar="FILE", help="Write the plan after the changes; - to print it."
    ),
]
_Json = Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")]


def whatif_command(
    *,
    files: FilesOrExample = None,
    change: _Changes = None,
    sweep: _Sweep = None,
    output: _Output = None,
    solver: SolverName = "highs",
    time_limit: TimeLimit = 60.0,
    gap: Gap = 0.0,
    seed: Seed = 0,
    strategy: StrategyName = "auto",
    workers: Workers = 1,
    as_json: _Json = False,
    quiet: Quiet = False,
) -> None:
    """Show what a change would do to the plan, or the loss of every region in turn.

    Solves the problem as it is and with all changes, in the order given, and shows what differs.
    With --sweep, the loss of every one is solved after the changes; one table shows the worst
    first. The time limit is for each plan.

    Examples
    --------
      placement whatif --change 'without region cn-hangzhou'
      placement whatif fleet.yaml -c 'price p5.48xlarge eu-west-1 * 1.2' -c 'replicas prod/chat 20'
      placement whatif fleet.yaml -c 'workload new.yaml' -o new-plan.json
      placement whatif fleet.yaml --sweep region

    Changes
    -------
      without region|cluster|provider|type|workload NAME
      without zone REGION/ZONE
      stock TYPE REGION[/ZONE] [CAPACITY] NUMBER|none
      price TYPE REGION[/ZONE] [CAPACITY] PRICE
      price TYPE|all [REGION[/ZONE]] [CAPACITY] * FACTOR
      quota NAME LIMIT
      maximum CLUSTER/POOL NUMBER|none
      replicas WORKLOAD NUMBER
      load WORKLOAD AMOUNT
      moves NUMBER|none
      workload FILE

    Exit codes: 0 all placed after the changes (and every loss), 2 bad input, 3 replicas unplaced
    or load not carried, 4 no plan, 130 stopped by Ctrl-C.
    """
    from placement.cli.background import run
    from placement.cli.what_ifs import answered

    paths, changes = files or [], parse_changes(change or ())
    _check(paths, changes, sweep, output, as_json=as_json)
    search = Search(
        solver=solver,
        time_limit=time_limit,
        gap=gap,
        seed=seed,
        strategy=strategy,
        workers=workers,
        quiet=quiet,
    )
    found = run(lambda task: answered(task, paths, changes, sweep, search), quiet=quiet)
    warn(found.warnings)
    _show(found, output, as_json=as_json)
    if found.stopped:
        say("placement: stopped by Ctrl-C: the best plans found until then, perhaps not every loss")
    if output is not None:
        write_all({output: found.plan.to_json()}, quiet=quiet)
    raise typer.Exit(Exit.INTERRUPTED if found.stopped else _exit(found))


def _check(
    paths: list[str],
    changes: tuple[Change, ...],
    sweep: str | None,
    output: str | None,
    *,
    as_json: bool,
) -> None:
    rule = ""
    if not changes and sweep is None:
        rule = "needs --change or --sweep to say what is to be different"
    elif output is not None and not changes:
        rule = "-o writes the plan after the changes, and there is no --change"
    elif output == STANDARD_OUTPUT and as_json:
        rule = "-o - and --json cannot both be printed"
    if rule:
        raise InputError([Issue(path="", rule=rule, source="whatif")])
    check_targets({"-o": output}, [*paths, *(change.file for change in changes if change.file)])


def _show(found: "WhatIfs", output: str | None, *, as_json: bool) -> None:
    from placement.cli.diff_view import diff_blocks, sweep_blocks
    from placement.cli.tables import render

    if as_json:
        emit_document(json.dumps(found.to_dict(), indent=2, ensure_ascii=False) + "\n")
    elif output != STANDARD_OUTPUT:
        if found.difference is not None:
            emit(render(diff_blocks(found.difference, notes=False)))
        if found.sweep is not None:
            emit(render(sweep_blocks(found.sweep, found.plan, found.losses)))


def _exit(found: "WhatIfs") -> Exit:
    """Return the worst of the plans after the changes and after every loss."""
    return max(map(exit_of, (found.plan, *(loss.plan for loss in found.losses))))
