"""``placement plan``: solve, show, and write what other systems read."""

from typing import TYPE_CHECKING, Annotated

import typer

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
from placement.cli.streams import emit, say

if TYPE_CHECKING:
    from placement.cli.solving import Solved

__all__ = ["plan_command"]

_Output = Annotated[
    str | None,
    typer.Option("--output", "-o", metavar="FILE", help="Write the plan as JSON; - to print it."),
]
_Bindings = Annotated[
    str | None,
    typer.Option("--bindings", metavar="FILE", help="Write Karmada's ResourceBindings as YAML."),
]
_NodePools = Annotated[
    str | None,
    typer.Option("--node-pools", metavar="FILE", help="Write how many nodes each pool is to have."),
]


def plan_command(
    *,
    files: FilesOrExample = None,
    output: _Output = None,
    bindings: _Bindings = None,
    node_pools: _NodePools = None,
    solver: SolverName = "highs",
    time_limit: TimeLimit = 60.0,
    gap: Gap = 0.0,
    seed: Seed = 0,
    strategy: StrategyName = "auto",
    workers: Workers = 1,
    quiet: Quiet = False,
) -> None:
    """Find the cheapest placement of all workloads, and prove it.

    Shows where every replica runs, what each node pool has to grow to, and what it costs; -o,
    --bindings and --node-pools write the same for other programs.

    Small fleets are solved by one exact programme, large ones by a decomposition: a relaxation,
    which gives the bound, then whole replicas, then improvement part by part. --workers solves
    the parts in as many processes. The plan names its strategy; --strategy asks for one.

    Examples
    --------
      placement plan                                  the built-in example
      placement plan fleet.yaml manifests/            problem documents and manifests together
      placement plan fleet.yaml -o - | jq .cost_per_hour
      placement plan fleet/ -o plan.json --bindings bindings.yaml --time-limit 300 --gap 0.01
      placement plan large.yaml --strategy decomposition --workers 4

    Exit codes: 0 all placed, 2 bad input, 3 replicas unplaced or load not carried, 4 no plan,
    130 stopped by Ctrl-C (the best plan found is shown, and only -o is written).
    """
    from placement.cli.solving import solve

    paths = files or []
    targets = {"-o": output, "--bindings": bindings, "--node-pools": node_pools}
    check_targets(targets, paths)
    search = Search(
        solver=solver,
        time_limit=time_limit,
        gap=gap,
        seed=seed,
        strategy=strategy,
        workers=workers,
        quiet=quiet,
    )
    solved = solve(paths, search)
    warn((*solved.loaded.warnings, *solved.plan.warnings))
    documents = _documents(solved, targets)
    if STANDARD_OUTPUT not in targets.values():
        _show(solved)
    _remark(solved, targets)
    write_all(documents, quiet=quiet)
    raise typer.Exit(Exit.INTERRUPTED if solved.stopped else exit_of(solved.plan))


def _documents(solved: "Solved", targets: dict[str, str | None]) -> dict[str, str]:
    """Return the text of every output; what acts on clusters only from a plan that is whole."""
    from placement.adapters.bindings import bindings
    from placement.adapters.node_pools import node_pools
    from placement.adapters.yaml_out import to_yaml

    plan, problem = solved.plan, solved.loaded.problem
    texts: dict[str, str] = {}
    if path := targets["-o"]:
        texts[path] = plan.to_json()
    if solved.stopped or plan.status == "infeasible":
        return texts
    if path := targets["--bindings"]:
        made = bindings(plan, problem, solved.loaded.objects)
        texts[path] = to_yaml(made)
    if path := targets["--node-pools"]:
        texts[path] = to_yaml([node_pools(plan, problem)], sort=False)
    return texts


def _show(solved: "Solved") -> None:
    from placement.cli.plan_view import plan_blocks
    from placement.cli.tables import render

    blocks = plan_blocks(solved.plan, solved.loaded.problem, stopped=solved.stopped)
    emit(render(blocks))


def _remark(solved: "Solved", targets: dict[str, str | None]) -> None:
    """Say what the exit code stands for, where it is not plain success."""
    from placement.cli.tally import left_out

    plan = solved.plan
    if solved.stopped:
        found = "no plan was found so far" if plan.status == "infeasible" else "best plan found"
        say(f"placement: stopped by Ctrl-C before the search was over: {found}")
    elif plan.status == "infeasible" and plan.ended_by == "infeasible":
        say("placement: no plan exists: not even an empty one keeps every rule")
    elif plan.status == "infeasible":
        say(f"placement: no plan was found within the limits (ended by {plan.ended_by})")
    elif plan.unplaced:
        say(f"placement: {left_out(plan)}")
    held = [name for name in ("--bindings", "--node-pools") if targets[name]]
    if held and (solved.stopped or plan.status == "infeasible"):
        say(f"note: not written, for want of a whole plan: {', '.join(held)}")
