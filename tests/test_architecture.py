"""Imports point inwards, and only by the public name."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
BARE = ("solvers", "adapters")  # the folders are not import names
LAZY = {("placement/paths.py", "networkx")}  # loaded where a network is given, and only then
HEAVY = ("ortools", "highspy", "yaml", "typer", "rich", "matplotlib", "networkx")
ON_TOP = {
    "placement/place.py",
    "placement/session.py",
    "placement/__main__.py",
}  # these rooms bring the others together
FORBIDDEN = {
    "placement": ("placement.solvers", "placement.adapters", "placement.cli", *HEAVY),
    "placement/verify": (
        "numpy",
        "placement.answer",
        "placement.candidates",
        "placement.capacity",
        "placement.caps",
        "placement.confidence",
        "placement.eligibility",
        "placement.exact",
        "placement.formulation",
        "placement.instance",
        "placement.looked_at",
        "placement.members",
        "placement.narrowing",
        "placement.packer",
        "placement.packing",
        "placement.plan_rows",
        "placement.problem.offers",
        "placement.reading",
        "placement.refining",
        "placement.search",
        "placement.sizing",
        "placement.solver",
        "placement.starting",
        "placement.supplies",
        "placement.supply",
        "placement.ways",
        "placement.whole_prices",
    ),
    "solvers": ("placement.adapters", "placement.cli", "pydantic"),
    "adapters": (
        "placement.solvers",
        "placement.formulation",
        "placement.instance",
        "placement.place",
        "placement.cli",
        "ortools",
        "highspy",
    ),
}


def imports(path: Path, *, at_top: bool = False) -> set[str]:
    """Return the dotted names that a file imports, or those it imports when it is imported."""
    tree = ast.parse(path.read_text())
    nodes = tree.body if at_top else list(ast.walk(tree))
    names = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def matches(name: str, banned: tuple[str, ...]) -> bool:
    """Return whether a dotted name is one of the banned ones or within one."""
    return any(name == other or name.startswith(f"{other}.") for other in banned)


def files(where: str) -> list[Path]:
    """Return the Python files of a room, not those behind the links."""
    found = [path for path in (ROOT / where).rglob("*.py") if path.resolve() == path]
    assert found
    return found


@pytest.mark.parametrize("where", FORBIDDEN)
def test_imports_point_inwards(where: str) -> None:
    found = set()
    for path in files(where):
        name = str(path.relative_to(ROOT))
        top = name in ON_TOP or name.startswith("placement/cli/")
        banned = BARE if top else (*BARE, *FORBIDDEN[where])
        found |= {(name, used) for used in imports(path) if matches(used, banned)}
    assert found <= LAZY


def test_no_import_cycle_at_import_time() -> None:
    graph: dict[str, set[str]] = {}
    for where in ("placement", "solvers", "adapters"):
        for path in files(where):
            parts = path.relative_to(ROOT).with_suffix("").parts
            name = ".".join(parts if parts[0] == "placement" else ("placement", *parts))
            graph[name.removesuffix(".__init__")] = imports(path, at_top=True)
    edges = {name: {used for used in uses if used in graph} for name, uses in graph.items()}
    while leaves := [name for name, uses in edges.items() if not uses]:
        for leaf in leaves:
            del edges[leaf]
        for uses in edges.values():
            uses.difference_update(leaves)
    in_packages = {
        name: {u for u in uses if not name.startswith(u)} for name, uses in edges.items()
    }
    assert not {name: uses for name, uses in in_packages.items() if uses and name in uses}


@pytest.mark.parametrize("module", ["numpy", "pydantic", *HEAVY])
def test_import_of_placement_is_light(module: str) -> None:
    code = f"import sys, placement; sys.exit({module!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
