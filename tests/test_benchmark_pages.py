"""What is made of runs: kept, in one line each size and kind, against targets, in pictures."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.benchmark_rows import cells, done, row, sign

if TYPE_CHECKING:
    from fleet_table import Row

ROOT = Path(__file__).parents[1]
GAPS = (sign(0.5, 300.0, 150.0), sign(1.0, 200.0, 190.0), sign(1.5, 200.0, 199.0))
PLAN = ({"stage": "reading", "seconds": 0.25}, {"stage": "verifying", "seconds": 0.5})


@pytest.fixture(scope="module", autouse=True)
def importable() -> Iterator[None]:
    """Make the modules of the benchmarks importable, as their scripts see them."""
    before = list(sys.path)
    sys.path.insert(0, str(ROOT / "benchmarks"))
    yield
    sys.path[:] = before


def kept_file(path: Path, rows: int = 2, seconds: float = 2.0) -> Path:
    """Write what runs of exact and of two baselines on so many seeds left."""
    from stored_runs import keep
    from watched import Watched

    with path.open("w", encoding="utf-8") as file:
        about = {"day": "2026-11-30", "machine": "a machine", "versions": ["Python 3"]}
        print(json.dumps({"about": about}), file=file)
        for seed in range(rows):
            for name, cost in (("exact", 200.0), ("ffd", 250.0), ("cheapest", 300.0)):
                bound = 199.0 if name == "exact" else None
                result = done(cost=cost, bound=bound, seconds=seconds)
                lines = (*GAPS, *PLAN, result) if name == "exact" else (result,)
                task = row(seed=seed, name=name).task
                watched = Watched(lines=tuple(map(json.dumps, lines)), peak=80.0, fault="")
                keep(file, dict(task), watched)
    return path


def test_the_gap_is_of_money_and_only_falls() -> None:
    from traced import gaps_of

    lines = [
        {"at": "placed", "seconds": 0.1, "best": 5.0, "bound": 0.0},
        {"at": "money", "seconds": 0.2, "best": None, "bound": 10.0},
        {"at": "money", "seconds": 0.3, "best": 20.0, "bound": 10.0},
        {"at": "money", "seconds": 0.4, "best": 40.0, "bound": 10.0},
        {"at": "improvement", "seconds": 0.5, "best": 16.0, "bound": 12.0},
        {"at": "nodes", "seconds": 0.6, "best": 7.0, "bound": 7.0},
    ]
    assert gaps_of(lines, {}) == [(0.3, 0.5), (0.5, 0.25)]
    ended = {"cost": 15.0, "bound": 12.0, "seconds": 0.9}
    assert gaps_of(lines, ended) == [(0.3, 0.5), (0.5, 0.25), (0.9, pytest.approx(0.2))]
    assert gaps_of([], {"cost": 0.0, "bound": 0.0, "seconds": 1.0}) == [(1.0, 0.0)]


def test_the_time_to_a_gap_has_the_reading_and_verifying_of_the_plan() -> None:
    found = row(*GAPS, *PLAN, done(bound=199.9))
    assert found.seconds_to(0.1) == 1.75
    assert found.seconds_to(0.01) == 2.0  # 1.5 + 0.75, but the whole took 2.0
    assert found.seconds_to(0.001) == 2.0
    assert found.seconds_to(1e-6) is None
    assert row(*GAPS, fault="killed").seconds_to(0.1) is None


def test_runs_are_read_as_they_were_kept(tmp_path: Path) -> None:
    from stored_runs import about, about_text, kept

    path = kept_file(tmp_path / "one.jsonl")
    places, rows = kept([path])
    assert about_text([*places, *places]) == "2026-11-30; a machine; Python 3"
    assert [(r.task["seed"], r.name) for r in rows] == [
        (seed, name) for seed in (0, 1) for name in ("exact", "ffd", "cheapest")
    ]
    assert rows[0].points[-1] == (2.0, 0.005)
    assert about()["machine"]


def test_of_a_run_that_is_kept_twice_the_last_counts_and_half_a_line_does_not(
    tmp_path: Path,
) -> None:
    from stored_runs import kept

    old, new = kept_file(tmp_path / "old"), kept_file(tmp_path / "new", rows=1, seconds=9.0)
    with new.open("a") as file:
        file.write('{"task": {"si')
    _, rows = kept([old, new])
    assert [r.result["seconds"] for r in rows] == [9.0] * 3 + [2.0] * 3


def test_the_summary_has_the_median_and_the_worst() -> None:
    from summary import summary

    rows = [
        row(done(bound=200.0, unplaced=0, seconds=1.0), seed=0, peak=90.0),
        row(done(bound=190.0, unplaced=0, seconds=3.0), seed=1),
        row(fault="killed after 5 s", seed=2),
        row({"refused": "decomposition cannot take load"}, name="decomposition"),
        row(done(cost=240.0, bound=None, unplaced=0), name="ffd", seed=0),
        row(done(cost=380.0, bound=None, unplaced=0), name="ffd", seed=1),
        row(done(cost=100.0, bound=None, left_out=[9]), name="karmada", seed=0),
    ]
    head, _, exact, refused = [cells(line) for line in summary(rows)]
    found = dict(zip(head, exact, strict=True))
    assert found["runs"] == "3"
    assert found["gap"] == "5.000% (none)"
    assert found["seconds"] == "3.00 (none)"
    assert found["peak MiB"] == "90"
    assert found["best greedy, cost / bound"] == "1.600 ffd"
    assert found["ended by"] == "time x 2, killed after 5 s x 1"
    assert refused[-1] == "refused"


def test_targets_are_met_where_all_seeds_meet_them() -> None:
    from targets import missed, table

    def m(seed: int, seconds: float) -> "Row":
        result = done(bound=199.99, seconds=seconds)
        return row(sign(0.2, 200.0, 199.9), result, size="M", name="auto", seed=seed)

    rows = [m(0, 4.0), m(1, 4.5), m(2, 9.0), row(done(), size="M"), row(done(), name="auto")]
    lines = [cells(line) for line in table(rows)][2:]
    assert lines == [
        ["S: proven optimal in 50 ms", "not reached", "not reached", "0 of 1", "**no**"],
        ["M: 0.1 % in 1 s", "0.20 s", "0.20 s", "3 of 3", "yes"],
        ["M: 0.01 % in 5 s", "4.50 s", "9.00 s", "2 of 3", "**no**"],
    ]
    assert missed(rows) == 2
    assert list(table([row(done())])) == []


def test_growth_is_of_the_time_for_each_workload() -> None:
    from targets import table

    def to(size: str, seconds: float, bound: float = 199.9) -> "Row":
        return row(done(bound=bound, seconds=seconds), size=size, name="auto", peak=900.0)

    *_, memory, growth = [cells(line) for line in table([to("L", 2.0), to("XL", 15.0)])]
    assert memory == ["XL: 1 GiB of memory in all", "900 MiB", "900 MiB", "1 of 1", "yes"]
    assert growth[1:] == ["1.50", "1.50", "", "yes"]
    *_, growth = [cells(line) for line in table([to("L", 2.0), to("XL", 21.0)])]
    assert growth[1:] == ["2.10", "2.10", "", "**no**"]
    *_, growth = [cells(line) for line in table([to("L", 2.0), to("XL", 15.0, bound=100.0)])]
    assert growth[1] == "not reached"


def test_text_is_written_between_the_marks_again_and_again(tmp_path: Path) -> None:
    from marked import BEGIN, END, write

    page = tmp_path / "docs" / "page.md"
    write(page, ["alone"])
    assert page.read_text() == "alone\n"
    page.write_text(f"# Before\n\n{BEGIN}\nold\n{END}\n\n## After\n")
    for text in ("one", "two"):
        write(page, ["", text, ""])
        assert page.read_text() == f"# Before\n\n{BEGIN}\n\n{text}\n\n{END}\n\n## After\n"


def test_the_page_has_a_place_for_the_runs() -> None:
    from marked import BEGIN, END

    page = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    assert page.count(BEGIN) == page.count(END) == 1
    assert page.index(BEGIN) < page.index(END)


def test_pages_and_pictures_come_from_kept_runs_without_running(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from side_by_side import main

    trace = kept_file(tmp_path / "runs.jsonl")
    page, every, folder = (tmp_path / name for name in ("page.md", "more/rows.md", "pictures"))
    asked = ["--from", str(trace), "--plots", str(folder), "--output", str(page)]
    assert main([*asked, "--rows", str(every)]) == 0
    assert capsys.readouterr().out == ""
    text = page.read_text()
    assert "6 runs, 0 of them bad (2026-11-30; a machine; Python 3)" in text
    assert "sizes S; kinds gpu; seeds 0, 1; 60 s, gap 0, tightness 1, 0 workers." in text
    assert "| S | gpu | exact | 2 | 0.500% |" in text
    assert "](pictures/gap-over-time.svg)" in text
    assert "[Every run](more/rows.md)" in text
    assert text.count("\n| S | gpu |") == 1
    assert every.read_text().count("\n| S | gpu |") == 6
    assert main([*asked]) == 0
    assert page.read_text().count("\n| S | gpu |") == 7


def test_equal_runs_are_equal_pictures(tmp_path: Path) -> None:
    from pictures import PICTURES, draw
    from stored_runs import kept

    _, rows = kept([kept_file(tmp_path / "runs.jsonl")])
    found = [{path.name: path.read_bytes() for path in draw(rows, tmp_path / d)} for d in "ab"]
    assert found[0] == found[1]
    assert sorted(found[0]) == sorted(f"{name}.svg" for name in PICTURES)
    for text in found[0].values():
        assert b"<dc:date>" not in text
        assert len(text) < 200_000
    assert draw([], tmp_path / "none") == []


def test_curves_are_medians_and_bad_runs_count_as_no_gap() -> None:
    from curves import dots, gap_curves, ratios

    good = [row(*GAPS, done(bound=199.0), seed=seed) for seed in (0, 1)]
    bad = row(fault="killed after 5 s", seed=2)
    curves = [curve for curve in gap_curves([*good, bad]) if not curve.kind]
    assert [curve.points[-1][1] for curve in curves] == [pytest.approx(0.005)]
    assert list(gap_curves([good[0], bad])) == []
    assert [(dot.seconds, dot.there) for dot in dots([*good, bad])] == [(1.5, True)] * 2
    far = row(done(bound=100.0), name="auto")
    assert [(dot.seconds, dot.there) for dot in dots([far])] == [(2.0, False)]
    greedy = row(done(cost=398.0, bound=None), name="ffd")
    assert ratios([good[0], greedy]) == {("S", "gpu", "ffd"): 2.0}
    assert ratios([greedy]) == {}


def test_targets_choose_what_is_run_unless_something_else_is_said() -> None:
    from asked import asked_for

    asked = asked_for(["--targets", "--seeds", "3"])
    assert (asked.sizes, asked.kinds) == (["S", "M", "L", "XL"], ["gpu"])
    assert (asked.strategies, asked.baselines, asked.seeds) == (["auto"], [], ["3"])
    assert [asked.seconds_for(size) for size in ("M", "500x80x40x15")] == [20.0, 60.0]
    assert asked_for(["--targets", "--time-limit", "7"]).seconds_for("M") == 7.0
    assert asked_for([]).seconds_for("M") == 60.0


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["--rows", "rows.md"], "--rows goes with --output"),
        (["--from", "a", "--trace", "b"], "--trace keeps runs, and --from makes none"),
    ],
)
def test_options_that_do_not_go_together_are_refused(
    asked: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    from asked import asked_for

    with pytest.raises(SystemExit):
        asked_for(asked)
    assert said in capsys.readouterr().err


def test_pictures_that_cannot_be_drawn_are_refused_before_anything_runs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import asked

    monkeypatch.setattr(asked, "find_spec", lambda _: None)
    with pytest.raises(SystemExit):
        asked.asked_for(["--plots", "somewhere"])
    assert "pip install 'placement[plot]'" in capsys.readouterr().err
