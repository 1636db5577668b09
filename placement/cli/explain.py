"""``placement explain``: why a workload is where it is, and why not elsewhere."""

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from placement.cli.exits import Exit, exit_of
from placement.cli.inputs import load_plan, load_problem, warn
from placement.cli.options import FilesOrExample, Gap, Quiet, Search, Seed, SolverName, TimeLimit
from placement.cli.streams import emit, emit_document, say
from placement.errors import InputError

if TYPE_CHECKING:
    from placement.cli.background import Task
    from placement.explanation import Explanation
    from placement.plan import Plan
    from placement.problem import Problem
    from placement.verify import Violation

    _Found = tuple[Explanation | None, Plan, tuple[Violation, ...], bool]

__all__ = ["explain_command"]

_Workload = Annotated[
    str,
    typer.Option("--workload", "-w", metavar="NAME", help="Its name, or namespace/name."),
]
_PlanFile = Annotated[
    str | None,
    typer.Option("--plan", metavar="FILE", help="Explain this plan (JSON) in place of solving."),
]
_Json = Annotated[bool, typer.Option("--json", help="Print the explanation as JSON.")]


def explain_command(
    *,
    files: FilesOrExample = None,
    workload: _Workload,
    plan: _PlanFile = None,
    solver: SolverName = "highs",
    time_limit: TimeLimit = 60.0,
    gap: Gap = 0.0,
    seed: Seed = 0,
    as_json: _Json = False,
    quiet: Quiet = False,
) -> None:
    """Say why a workload is where it is, why not elsewhere, and what would change it.

    The chosen places with price and memory, every refused place with the rule and the figures,
    every possible but unused one with its price, and the limits that bind.

    Examples
    --------
      placement explain --workload qwen3-8b
      placement explain fleet.yaml manifests/ --workload prod/chat
      placement explain fleet.yaml --plan plan.json --workload chat --json

    Exit codes: 0 all replicas placed, 3 some unplaced (of any workload), 4 no plan, 1 the plan
    given breaks rules, 2 bad input, 130 interrupted.
    """
    from placement.cli.background import run
    from placement.cli.explain_view import explanation_blocks
    from placement.cli.tables import render

    paths = files or []
    search = Search(solver=solver, time_limit=time_limit, gap=gap, seed=seed, quiet=quiet)

    def work(task: "Task[_Found]") -> "_Found":
        task.stage = "reading"
        loaded = load_problem(paths, quiet=quiet)
        warn((*loaded.warnings, *loaded.problem.warnings()))
        return _explained(task, loaded.problem, workload, _given(plan, paths), search)

    found, made, broken, stopped = run(work, quiet=quiet)
    if found is None:
        say(f"placement: {plan} is no valid plan for this problem, so it is not explained:")
        for violation in broken:
            say(f"  {violation}")
        raise typer.Exit(Exit.INVALID)
    if as_json:
        emit_document(json.dumps(found.to_dict(), indent=2, ensure_ascii=False) + "\n")
    else:
        emit(render(explanation_blocks(found, made)))
    if stopped:
        say("placement: stopped by Ctrl-C: this explains the best plan found until then")
        raise typer.Exit(Exit.INTERRUPTED)
    raise typer.Exit(exit_of(made))


def _given(plan: str | None, paths: list[str]) -> "Plan | None":
    return None if plan is None else load_plan(plan, paths)


def _explained(
    task: "Task[_Found]", problem: "Problem", workload: str, given: "Plan | None", search: Search
) -> "_Found":
    """Return the explanation (None where the given plan is invalid), the plan, what it breaks."""
    from placement.cli.solving import planned
    from placement.explain import explain, workload_number
    from placement.verify import verify

    try:
        workload_number(problem, workload)  # before anything that takes long
    except InputError as error:
        raise InputError(replace(issue, path="--workload") for issue in error.issues) from None
    if given is not None and (broken := verify(problem, given)):
        return None, given, broken, False
    made = given or planned(task, problem, search)
    task.stage = "explaining"
    return explain(problem, made, workload), made, (), task.stopping
