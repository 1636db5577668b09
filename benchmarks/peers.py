"""The work of other schedulers, done here, in one run: ``python benchmarks/peers.py``.

Mélange's allocation of GPUs, SkyPilot's chain of tasks, and the GPU cluster trace that FGD is
measured on. What the peers themselves took is beside it, measured before (``benchmarks/data``):
they are not run. Exits with 1 where a cost is above the peer's or a placement breaks a rule.
"""

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import peer_melange
import peer_openb
import peer_skypilot

__all__ = ["PAGE", "PEERS", "lines", "main"]

Tables = Callable[[list[str]], Iterator[str]]

PEERS: dict[str, Tables] = {
    "melange": peer_melange.table,
    "skypilot": peer_skypilot.table,
    "openb": peer_openb.tables,
}

PAGE = Path(__file__).with_name("peers.template.md")
"""The words of the page; a table goes where its peer's name stands in braces."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what is asked for and return how it went."""
    parser = argparse.ArgumentParser(description="The work of other schedulers, done here")
    parser.add_argument("peers", nargs="*", help=f"of {', '.join(PEERS)} (default all)")
    parser.add_argument("--output", type=Path, help="a file for the tables as well")
    asked = parser.parse_args(arguments)
    if unknown := set(asked.peers) - set(PEERS):
        parser.error(f"no {', '.join(sorted(unknown))}; there are {', '.join(PEERS)}")
    wrong: list[str] = []
    written = []
    for line in lines(asked.peers or list(PEERS), wrong):
        print(line, flush=True)
        written.append(line)
    if asked.output:
        asked.output.write_text("\n".join(written) + "\n", encoding="utf-8")
    for fault in wrong:
        print(fault, file=sys.stderr)
    return int(bool(wrong))


def lines(peers: Sequence[str], wrong: list[str]) -> Iterator[str]:
    """Yield the page: what comes first, then for each peer its words and its tables."""
    head, *parts = PAGE.read_text(encoding="utf-8").strip().split("\n\n## ")
    yield from head.split("\n")
    for part in parts:
        name = part[part.rindex("{") + 1 : -1]
        if name in peers:
            yield from ("", *f"## {part}".split("\n")[:-1])
            yield from PEERS[name](wrong)


if __name__ == "__main__":
    sys.exit(main())
