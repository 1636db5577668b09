"""The wheel and the source archive hold exactly what stands on disk."""

import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SETUPTOOLS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]
BUILD = """
import os, sys
from setuptools import build_meta
tree, out = sys.argv[1:]
os.chdir(tree)
build_meta.build_sdist(out)
build_meta.build_wheel(out)
"""


def modules() -> set[str]:
    """Return every module file as it stands in a wheel, found on disk and not through the links."""
    return {
        "/".join((*name.split("."), *path.relative_to(ROOT / folder).parts))
        for name, folder in SETUPTOOLS["package-dir"].items()
        for path in (ROOT / folder).rglob("*.py")
        if path.resolve() == path
    }


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Build both archives from the tracked files alone, without a network."""
    tree, out = tmp_path_factory.mktemp("tree"), tmp_path_factory.mktemp("dist")
    names = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\0")
    for name in filter(None, names):
        source, target = ROOT / name, tree / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_symlink():
            target.symlink_to(source.readlink())
        elif source.is_file():
            target.write_bytes(source.read_bytes())
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", BUILD, str(tree), str(out)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    (wheel,), (sdist,) = out.glob("*.whl"), out.glob("*.tar.gz")
    return wheel, sdist


def test_every_package_is_listed() -> None:
    on_disk = {
        ".".join((name, *init.parent.relative_to(ROOT / folder).parts))
        for name, folder in SETUPTOOLS["package-dir"].items()
        for init in (ROOT / folder).rglob("__init__.py")
        if init.resolve() == init
    }
    assert sorted(SETUPTOOLS["packages"]) == sorted(on_disk)


def test_wheel_holds_every_module_once(built: tuple[Path, Path]) -> None:
    names = zipfile.ZipFile(built[0]).namelist()
    assert {name for name in names if name.endswith(".py")} == modules()
    assert len(names) == len(set(names))


def test_wheel_holds_the_package_data(built: tuple[Path, Path]) -> None:
    names = set(zipfile.ZipFile(built[0]).namelist())
    assert {
        "placement/py.typed",
        "placement/memory/models.json",
        "placement/cli/demo.yaml",
    } <= names


def test_source_archive_builds_the_same_wheel(built: tuple[Path, Path], tmp_path: Path) -> None:
    with tarfile.open(built[1]) as archive:
        archive.extractall(tmp_path, filter="data")
    (tree,) = tmp_path.iterdir()
    out = tmp_path / "again"
    out.mkdir()
    code = BUILD.replace("build_meta.build_sdist(out)\n", "")
    subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code, str(tree), str(out)],
        capture_output=True,
        check=True,
    )
    (wheel,) = out.glob("*.whl")
    assert set(zipfile.ZipFile(wheel).namelist()) == set(zipfile.ZipFile(built[0]).namelist())
