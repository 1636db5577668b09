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
    try:
        from placement.cli.app import run  # noqa: PLC0415 # typer may be missing above

        code = run(sys.argv[1:])
    except KeyboardInterrupt:  # while it is being imported
        print("placement: interrupted; nothing was written", file=sys.stderr)
        code = 130
    sys.exit(code)


if __name__ == "__main__":
    main()
