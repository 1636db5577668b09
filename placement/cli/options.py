"""Options that several commands share."""

from dataclasses import dataclass
from typing import Annotated

import typer

__all__ = [
    "Files",
    "FilesOrExample",
    "Gap",
    "Quiet",
    "Search",
    "Seed",
    "SolverName",
    "StrategyName",
    "TimeLimit",
    "Workers",
]

_FILES = (
    "Problem documents and Kubernetes, Karmada or ACK One manifests, mixed as they come; folders "
    "of them; - for standard input."
)

Files = Annotated[list[str], typer.Argument(metavar="FILE", help=_FILES, show_default=False)]
FilesOrExample = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="FILE", help=f"{_FILES} Without any: the built-in example.", show_default=False
    ),
]
SolverName = Annotated[
    str, typer.Option("--solver", metavar="NAME", help="Backend: highs, cp-sat or scip.")
]
TimeLimit = Annotated[
    float,
    typer.Option("--time-limit", metavar="S", help="Seconds; the best plan so far is kept then."),
]
Gap = Annotated[
    float,
    typer.Option("--gap", metavar="G", help="Share of the cost within which a plan is good enough"),
]
Seed = Annotated[
    int, typer.Option("--seed", metavar="N", help="Seed of the solver's random choices.")
]
StrategyName = Annotated[
    str,
    typer.Option(
        "--strategy",
        metavar="NAME",
        help="auto, exact, decomposition or greedy; auto chooses by size and rules.",
    ),
]
Workers = Annotated[
    int,
    typer.Option(
        "--workers",
        metavar="N",
        help="Processes for parts of a decomposition, up to 4 of use; the plan stays the same.",
    ),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no notes.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """How to search for a plan; see ``placement.place``.

    Parameters
    ----------
    workers
        Processes for parts of the search; 1: none but this one.
    """

    solver: str
    time_limit: float
    gap: float
    seed: int
    strategy: str
    workers: int
    quiet: bool
