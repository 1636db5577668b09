"""``placement verify``: the independent judge's verdict on a plan."""

import json
from typing import TYPE_CHECKING, Annotated

import typer

from placement.cli.exits import Exit
from placement.cli.inputs import load_plan, load_problem, warn
from placement.cli.options import Files
from placement.cli.streams import emit, emit_document, say

if TYPE_CHECKING:
    from placement.plan import Plan
    from placement.verify import Violation

__all__ = ["verdict_lines", "verify_command"]

_PlanFile = Annotated[
    str, typer.Option("--plan", metavar="FILE", help="The plan, JSON; - for standard input.")
]
_Json = Annotated[bool, typer.Option("--json", help="Print the verdict as JSON.")]


def verify_command(files: Files, plan: _PlanFile, as_json: _Json = False) -> None:
    """Check a plan against its problem with the independent verifier.

    The verifier recomputes everything from the problem and shares no code with the solver: room,
    stock, quotas, memory fit, every rule, and the cost.

    Examples
    --------
      placement verify fleet.yaml --plan plan.json
      placement plan fleet.yaml -o - | placement verify fleet.yaml --plan -

    Exit codes: 0 the plan is valid, 1 it breaks rules (each is named), 2 bad input.
    """
    from placement.cli.background import Task, run
    from placement.verify import verify

    def work(
        task: "Task[tuple[Plan, tuple[Violation, ...]]]",
    ) -> tuple["Plan", tuple["Violation", ...]]:
        task.stage = "reading"
        loaded = load_problem(files)
        read = load_plan(plan, files)
        warn(loaded.warnings)
        task.stage = "verifying"
        return read, verify(loaded.problem, read)

    read, broken = run(work)
    if as_json:
        emit_document(_document(broken))
    else:
        for line in verdict_lines(read, broken):
            emit(line)
    if broken:
        say("placement: verification failed: the plan breaks rules")
        raise typer.Exit(Exit.INVALID)


def verdict_lines(plan: "Plan", broken: tuple["Violation", ...]) -> list[str]:
    """Return the verdict: one line where a plan is valid, else one for each broken rule."""
    from placement.cli.plan_view import cost_line
    from placement.cli.tally import left_out
    from placement.cli.words import counted
    from placement.verify import RULES

    if broken:
        return [f"invalid: {counted(len(broken), 'broken rule')}", *(f"  {v}" for v in broken)]
    if plan.status == "infeasible":
        return ["valid: there is no plan for this problem"]
    placed = counted(plan.replicas_placed, "replica")
    left = f"; {left_out(plan)}" if plan.unplaced else ""
    return [
        f"valid: {len(RULES)} rules checked, {placed} placed{left}",
        cost_line(plan),
    ]


def _document(broken: tuple["Violation", ...]) -> str:
    rows = [{"rule": v.rule, "where": v.where, "message": v.message} for v in broken]
    return json.dumps({"valid": not broken, "violations": rows}, indent=2) + "\n"
