"""What the package promises by name is there, sorted, and nothing else."""

import ast
from pathlib import Path

import pytest

import placement

ROOT = Path(__file__).resolve().parents[1]


def test_all_is_sorted_and_every_name_resolves() -> None:
    assert placement.__all__ == sorted(placement.__all__)
    assert all(getattr(placement, name) is not None for name in placement.__all__)


def test_dir_lists_the_public_names() -> None:
    assert set(placement.__all__) <= set(dir(placement))


def test_functions_win_over_the_modules_they_live_in() -> None:
    assert placement.place.__module__ == "placement.place"
    assert placement.verify.__module__ == "placement.verify.judge"
    assert callable(placement.place)
    assert callable(placement.verify)


def listed_in(tree: ast.Module) -> set[str]:
    """Return the names in a module's ``__all__``; none where it has none."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return set(ast.literal_eval(node.value))
    return set()


@pytest.mark.parametrize("folder", ["placement", "solvers", "adapters"])
def test_every_module_lists_its_public_functions_and_classes(folder: str) -> None:
    for path in sorted((ROOT / folder).rglob("*.py")):
        tree = ast.parse(path.read_text())
        defined = {
            node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)
        }
        public = {name for name in defined if not name.startswith("_")}
        assert public <= listed_in(tree), path
