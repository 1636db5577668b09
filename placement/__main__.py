"""``python -m placement`` and the ``placement`` command."""

import sys
from importlib.util import find_spec

__all__ = ["main"]

_NEEDED = ("typer", "rich", "yaml")


def main() -> None:
    """Run the command and leave with its exit code; the extra ``cli`` holds what it needs."""
    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        names = ", ".join("PyYAML" if name == "yaml" else name for name in missing)
        print(
            f"placement: the command needs {names}: pip install 'placement[cli]'", file=sys.stderr
        )
        sys.exit(2)
    from placement.cli.app import run  # noqa: PLC0415 # typer may be missing above

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
