"""``placement diff``: what differs between two saved plans."""

import json
from typing import Annotated

import typer

from placement.cli.inputs import STANDARD_INPUT, load_plan
from placement.cli.streams import emit, emit_document
from placement.errors import InputError, Issue

__all__ = ["diff_command"]

_Old = Annotated[str, typer.Argument(metavar="OLD", help="A plan (JSON); - for standard input.")]
_New = Annotated[str, typer.Argument(metavar="NEW", help="Another plan (JSON).")]
_Json = Annotated[bool, typer.Option("--json", help="Print the difference as JSON.")]


def diff_command(*, old: _Old, new: _New, as_json: _Json = False) -> None:
    """Show what differs between two plans: cost, what moves, nodes, what no longer fits.

    Replicas are told apart by cluster, pool, type, capacity type and zone. Plans of different
    problems or currencies are compared as far as they go, and that is said.

    Examples
    --------
      placement diff monday.json tuesday.json
      placement plan fleet.yaml -q -o - | placement diff plan.json -
      placement diff plan.json new-plan.json --json | jq .cost_per_hour.change

    Exit codes: 0 done, whether the plans differ or not, 2 bad input.
    """
    from placement.cli.diff_view import diff_blocks
    from placement.cli.tables import render
    from placement.difference import diff

    if old == new == STANDARD_INPUT:
        rule = "only one of the two plans can be read from standard input"
        raise InputError([Issue(path="", rule=rule, source="OLD and NEW")])
    found = diff(load_plan(old, []), load_plan(new, []))
    if as_json:
        emit_document(json.dumps(found.to_dict(), indent=2, ensure_ascii=False) + "\n")
    else:
        emit(render(diff_blocks(found)))
