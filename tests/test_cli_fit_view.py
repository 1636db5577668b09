"""``placement fit`` for people: tables, bars and lists, on wide and narrow terminals."""

import pytest

from placement.cli.fit_parts import bar_of
from placement.memory import MemoryFit, fit, known_gpu, known_model
from placement.problem import Serving
from tests.cli_command import command

TWO = ("Qwen/Qwen3-8B", "--gpu", "A10,H100", "-tp", "1")


def sized(card: str, version: str | None = None) -> MemoryFit:
    model, gpu = known_model("Qwen/Qwen3-8B"), known_gpu(card)
    assert model is not None
    assert gpu is not None
    return fit(model, Serving(engine_version=version), gpu, 1)


def bars(*arguments: str, columns: int = 100) -> list[str]:
    """Return the lines of the bars, the legend first."""
    ended = command("fit", *arguments, "--bars", env={"COLUMNS": str(columns)})
    assert ended.code == 0
    lines = ended.out.splitlines()
    start = next(at for at, line in enumerate(lines) if line.startswith("W██ weights"))
    return lines[start : lines.index("", start)]


def test_the_table_lists_parts_reasons_help_and_assumptions() -> None:
    out = command("fit", "Qwen/Qwen3-32B", "--gpu", "T4", "-tp", "1").out
    assert "Qwen/Qwen3-32B: GiB per GPU; requests of 40,960 tokens\n" in out
    assert "\n1 x T4  no " in out
    assert "Why not:\n  - T4: needs" in out
    assert "What would make it fit" in out
    assert "  - T4: --tensor-parallel-size 8 (8 GPUs for each replica, instead of 1)\n" in out
    assert "Assumed:\n" in out


def test_cards_that_no_single_flag_helps_are_told_together() -> None:
    out = command("fit", "405B", "--gpu", "T4,L4").out
    assert "  - no change of a single flag: T4, L4\n" in out


def test_what_is_assumed_of_all_cards_is_said_once_and_of_some_with_their_names() -> None:
    out = command("fit", *TWO).out
    assert out.count("the model's own 40960 tokens") == 1
    assert "  - A10: the engine's own defaults: max_num_seqs 256" in out
    assert "  - H100: the engine's own defaults: max_num_seqs 1024" in out


@pytest.mark.parametrize("columns", [60, 80, 100])
def test_lines_keep_to_the_width_of_the_terminal(columns: int) -> None:
    out = command("fit", *TWO, "--bars", env={"COLUMNS": str(columns)}).out
    assert max(map(len, out.splitlines())) <= columns
    assert ("KV TOKENS  AT ONCE  LONGEST" in out) == (columns < 100 or "TOTAL" in out)


def test_a_narrow_terminal_has_two_tables_with_every_figure() -> None:
    wide = command("fit", *TWO).out.split("\n\n")[0]
    narrow = command("fit", *TWO, env={"COLUMNS": "60"}).out.split("\n\nWhy not")[0]
    assert wide.count("GPUS") == 1
    assert narrow.count("GPUS") == 2
    assert set(wide.split("\n")[-1].split()) <= set(narrow.split())


def test_bars_are_to_the_scale_of_the_largest_card() -> None:
    legend, small, large = bars(*TWO)
    assert "W██ weights  A▓▓ activation  O▒▒ overhead  K░░ KV cache  ·· unused" in legend
    assert large.startswith("1 x H100  W█")
    assert large.endswith("  79.2 GiB")
    lengths = [sum(sign in "WAOK█▓▒░·!" for sign in line[10:80]) for line in (small, large)]
    assert lengths[0] / lengths[1] == pytest.approx(22.07 / 79.18, abs=0.02)


def test_a_bar_that_is_too_short_ends_in_a_mark_and_says_by_how_much() -> None:
    _, small, large = bars(*TWO)
    assert "! " in small
    assert small.endswith("22.1 GiB, 2.1 short")
    assert "!" not in large
    assert "short" not in large


def test_each_part_has_as_many_cells_as_its_share() -> None:
    *_, large = bars(*TWO)
    found = sized("H100")
    cells = sum(large[10:80].count(sign) for sign in "K░")
    scale = sum(sign in "WAOK█▓▒░·" for sign in large[10:80]) / found.total
    assert cells == pytest.approx(found.kv * scale, abs=1)


def test_parts_of_a_bar_add_up_to_the_card_whether_graphs_count_or_not() -> None:
    for version in ("0.19.0", "0.21.0"):
        found = sized("H100", version)
        bar = bar_of(found)
        assert sum(bar.sizes) == found.total
        assert bar.sizes[2] == found.non_torch + found.cuda_graph * found.graphs_counted
        assert bar.short == 0


def test_what_overruns_the_card_leaves_nothing_unused() -> None:
    found = sized("T4")
    bar = bar_of(found)
    assert bar.sizes[-1] == bar.sizes[-2] == 0
    assert bar.short == sum(bar.sizes) + found.kv_needed - found.budget > 0


def test_bars_are_left_out_where_nobody_looks_unless_asked_for() -> None:
    assert "█" not in command("fit", *TWO).out
    assert "█" in command("fit", *TWO, "--bars").out
    assert "█" not in command("fit", *TWO, "--no-bars").out


def test_bars_and_json_are_refused_together() -> None:
    ended = command("fit", *TWO, "--bars", "--json")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith("--bars: cannot be shown with --json")


def test_a_label_that_leaves_no_room_stands_above_its_bar() -> None:
    lines = bars(*TWO, columns=30)
    assert "1 x A10" in lines
    assert max(map(len, lines)) <= 30 + len(", 2.0 short")
