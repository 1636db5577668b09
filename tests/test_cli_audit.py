"""Tables on narrow terminals: numbers and headings stay whole, and no cell is lost."""

import os
from pathlib import Path

import pytest

from placement.adapters import pipes
from placement.cli.tables import Table, render
from tests.cli_command import command

TABLE = Table(
    title="Nodes",
    columns=["workload", "type", ">price/node", ">replicas"],
    rows=[["default/qwen3-8b", "ecs.gn7i-c8g1.2xlarge", "1.3426", 12]],
)


@pytest.mark.parametrize("width", range(20, 70, 5))
def test_no_width_loses_a_cell_or_is_exceeded(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    text = render([TABLE])
    assert max(map(len, text.splitlines())) <= width
    assert {"1.3426", "12"} <= set(text.split())
    shown = "".join(text.split())
    for sign in set("".join(str(cell) for cell in TABLE.rows[0])) - {" "}:
        assert shown.count(sign) >= "".join(map(str, TABLE.rows[0])).count(sign)


def test_a_table_that_cannot_be_folded_has_a_line_for_every_cell(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "36")
    assert render([TABLE]).splitlines()[2:] == [
        "WORKLOAD    default/qwen3-8b",
        "TYPE        ecs.gn7i-c8g1.2xlarge",
        "PRICE/NODE  1.3426",
        "REPLICAS    12",
    ]


def test_a_narrow_table_without_rows_is_its_heading(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "32")
    text = render([Table(title="Nodes", columns=TABLE.columns, rows=[])])
    assert {"WORKLOAD", "TYPE", "REPLICAS"} <= set(text.split())


def test_a_pipe_without_a_writer_is_bad_input(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipes, "PATIENCE", 0.05)
    pipe = tmp_path / "plan.json"
    os.mkfifo(pipe)
    for arguments in (["plan", str(pipe)], ["verify", str(tmp_path), "--plan", str(pipe)]):
        ended = command(*arguments)
        assert (ended.code, ended.out) == (2, "")
        assert "nobody writes into this pipe" in ended.err
