"""``placement whatif`` and ``placement diff``: the words of a change, what is shown, the end."""

import json
from pathlib import Path
from typing import Any

import pytest

from placement import Plan, Problem, place
from placement.adapters.problems import read_problem
from placement.cli.change_words import FORMS
from placement.cli.changes import parse_changes
from placement.problem import Workload
from tests.bad_documents import GOOD
from tests.cli_command import Ended, command, written
from tests.test_what_if import DOCUMENT

NEW = "workloads: [{name: probe, replicas: 1, requests: {cpu: 1}}]\n"


@pytest.fixture
def fleet(tmp_path: Path) -> str:
    """Return the path of a small problem."""
    written(tmp_path, {"fleet.yaml": GOOD})
    return str(tmp_path / "fleet.yaml")


def answer(*arguments: str) -> Any:
    """Return what ``placement whatif … --json`` prints."""
    return json.loads(command("whatif", *arguments, "--json", "-q").out)


def changed(text: str) -> Problem:
    """Return the problem of ``test_what_if`` after a change."""
    (change,) = parse_changes([text])
    return change.applied(Problem.model_validate(DOCUMENT))


@pytest.mark.parametrize(
    ("text", "call", "arguments", "named"),
    [
        ("without region r", "without_region", ("r",), {}),
        ("  without   zone r/r-a ", "without_zone", ("r", "r-a"), {}),
        ("without cluster b", "without_cluster", ("b",), {}),
        ("without provider acme", "without_provider", ("acme",), {}),
        ("without type t", "without_instance_type", ("t",), {}),
        ("without workload x/job", "without_workload", ("x/job",), {}),
        ("stock t r 3", "with_stock", ("t", "r", 3), {}),
        ("stock t r/r-a none", "with_stock", ("t", "r", None), {"zone": "r-a"}),
        ("stock t s spot 0", "with_stock", ("t", "s", 0), {"capacity_type": "spot"}),
        ("price t r 1.5", "with_price", ("t", "r", 1.5), {}),
        ("price t s spot 9", "with_price", ("t", "s", 9.0), {"capacity_type": "spot"}),
        ("price t * 1.2", "scaled_price", (1.2,), {"instance_type": "t"}),
        ("price t r/r-a *2", "scaled_price", (2,), {"instance_type": "t", "zone": "r-a"}),
        ("price all * 3", "scaled_price", (3,), {}),
        ("price all s * 3", "scaled_price", (3,), {"region": "s"}),
        ("price all spot * 3", "scaled_price", (3,), {"capacity_type": "spot"}),
        ("quota q 9500m", "with_quota", ("q", "9500m"), {}),
        ("maximum b/p 2", "with_pool_maximum", ("b", "p", 2), {}),
        ("maximum b/p none", "with_pool_maximum", ("b", "p", None), {}),
        ("replicas web 20", "with_replicas", ("web", 20), {}),
        ("moves 3", "with_max_moves", (3,), {}),
    ],
)
def test_every_form_says_what_its_method_does(
    text: str, call: str, arguments: tuple[object, ...], named: dict[str, object]
) -> None:
    problem = Problem.model_validate(DOCUMENT)
    assert changed(text) == getattr(problem, call)(*arguments, **named)
    assert changed(text) != problem


def test_the_help_lists_every_form_of_a_change() -> None:
    out = command("whatif", "--help").out
    assert all(f"\n    {form}\n" in out for forms in FORMS.values() for form in forms)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "must begin with one of without, stock, price"),
        ("pric t r 1", "did you mean 'price'?"),
        (
            "without",
            "must be: without region|cluster|provider|type|workload NAME, or: without zone",
        ),
        ("without regoin r", "did you mean 'region'?"),
        ("without zone r", "must be: without region"),
        ("stock t 3", "must be: stock TYPE REGION[/ZONE] [CAPACITY] NUMBER|none"),
        ("stock t r sport 3", "must be: stock"),
        ("stock t r/ 3", "must be: stock"),
        ("stock", "must be: stock"),
        ("stock t r -1", "must end with a whole number or none, not '-1'"),
        ("price t 3", "or: price TYPE|all [REGION[/ZONE]] [CAPACITY] * FACTOR"),
        ("price * 3", "must be: price"),
        ("price t r x", "must end with a number, not 'x'"),
        ("quota q", "must be: quota NAME LIMIT"),
        ("maximum b 1", "must be: maximum CLUSTER/POOL NUMBER|none"),
        ("maximum b/p", "must be: maximum"),
        ("replicas web", "must be: replicas WORKLOAD NUMBER"),
        ("replicas web none", "must end with a whole number, not 'none'"),
        ("load web", "must be: load WORKLOAD AMOUNT"),
        ("load web much", "must end with a number, not 'much'"),
        ("moves", "must be: moves NUMBER|none"),
        ("moves few", "must end with a whole number or none, not 'few'"),
        ("workload ", "must be: workload FILE"),
    ],
)
def test_words_that_say_no_change_are_refused_with_the_form(text: str, said: str) -> None:
    ended = command("whatif", "--change", text)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith(f"--change {text!r}: ")
    assert said in ended.err


def test_all_bad_changes_are_reported_together_before_anything_is_read() -> None:
    ended = command("whatif", "/nowhere", "-c", "stock", "-c", "pries")
    assert ended.code == 2
    assert ended.err.count("--change") == 2
    assert "nowhere" not in ended.err


def test_a_name_that_is_not_there_names_the_change_and_the_nearest(fleet: str) -> None:
    ended = command("whatif", fleet, "-c", "without cluster c-hx")
    assert ended.code == 2
    said = "--change 'without cluster c-hx': cluster: no cluster has this name; did you mean 'c-hz'"
    assert said in ended.err


def test_changes_apply_in_order_and_the_difference_is_shown(fleet: str) -> None:
    ended = command("whatif", fleet, "-c", "replicas chat 9", "-c", "stock a10 hz 3")
    assert ended.code == 3
    assert "cost: 5.60 USD per hour, before 2.80 USD per hour: +2.80, +100 %" in ended.out
    assert "default/chat: 5 replicas left out, before 0" in ended.out
    assert "stock of a10 (on-demand) in hz is used up (3 of 3)" in ended.out
    assert "different problems" not in ended.out
    back = command("whatif", fleet, "-c", "replicas chat 9", "-c", "replicas chat 2")
    assert back.code == 0
    assert back.out == "no difference: 2.80 USD per hour, 2 replicas placed, 0 left out\n"


def test_a_change_that_changes_nothing_is_a_note(fleet: str) -> None:
    ended = command("whatif", fleet, "-c", "replicas chat 2")
    assert "note: --change 'replicas chat 2' changes nothing" in ended.err
    assert command("whatif", fleet, "-c", "replicas chat 2", "-q").err == ""


def test_the_plan_after_the_changes_is_written_and_is_the_problems_own(
    fleet: str, tmp_path: Path
) -> None:
    path = tmp_path / "new.json"
    assert command("whatif", fleet, "-c", "replicas chat 1", "-o", str(path), "-q").code == 0
    plan = Plan.model_validate_json(path.read_text())
    expected = place(read_problem([fleet]).problem.with_replicas("chat", 1))
    assert plan.fingerprint() == expected.fingerprint()
    printed = command("whatif", fleet, "-c", "replicas chat 1", "-o", "-", "-q").out
    assert Plan.model_validate_json(printed).fingerprint() == plan.fingerprint()


def test_a_workload_comes_from_a_file(fleet: str, tmp_path: Path) -> None:
    written(tmp_path, {"new file.yaml": NEW})
    found = answer(fleet, "-c", f"workload {tmp_path}/new file.yaml", "-c", "replicas probe 3")
    assert found["replicas_placed"] == 5
    assert Workload(name="probe", replicas=3).key in str(found["difference"])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (NEW + "quotas: [{name: q, limit: 3}]\n", "may hold workloads alone"),
        (GOOD.partition("workloads:")[2].join(("workloads:", "")), "listed a second time"),
        ("workloads: []\n", "holds no workload that is new"),
        ("workloads: [{name: x}]\n", "replicas"),
    ],
)
def test_a_file_that_brings_no_workload_or_more_than_that_is_refused(
    fleet: str, tmp_path: Path, content: str, said: str
) -> None:
    written(tmp_path, {"new.yaml": content})
    ended = command("whatif", fleet, "-c", f"workload {tmp_path}/new.yaml")
    assert (ended.code, ended.out) == (2, "")
    assert said in ended.err
    assert "new.yaml" in ended.err


def test_a_sweep_is_one_table_the_worst_first_and_ends_as_the_worst_does(tmp_path: Path) -> None:
    ended = command("whatif", "--sweep", "region", "-c", "stock ecs.gn7i-c8g1.2xlarge cn-beijing 3")
    assert ended.code == 3
    lines = ended.out.partition("The loss of every region")[2].splitlines()
    assert [line.split()[:2] for line in lines[2:]] == [["cn-beijing", "2"], ["cn-hangzhou", "1"]]
    assert "2 of priority 0" in lines[2]


def test_a_sweep_as_json_has_every_loss_and_the_plan_without_any(fleet: str) -> None:
    found = answer(fleet, "--sweep", "zone")
    assert (found["changes"], found["difference"]) == ([], None)
    assert found["replicas_placed"] == 2
    (loss,) = found["sweep"]
    assert (loss["of"], loss["lost"], loss["replicas_unplaced"]) == ("zone", "hz/hz-a", 2)
    assert loss["no_longer_placed"] == [{"priority": 0, "replicas": 2}]


def test_a_loss_that_is_harmless_ends_in_zero(tmp_path: Path) -> None:
    spare = "  - {name: spare, region: far}\n"
    written(tmp_path, {"fleet.yaml": GOOD.replace("workloads:\n", f"{spare}workloads:\n")})
    path = str(tmp_path / "fleet.yaml")
    assert command("whatif", path, "-c", "without cluster spare").code == 0
    assert command("whatif", path, "--sweep", "cluster").code == 3


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "needs --change or --sweep"),
        (("--sweep", "region", "-o", "x.json"), "there is no --change"),
        (("-c", "replicas chat 3", "-o", "-", "--json"), "cannot both be printed"),
        (("--sweep", "zoo"), "--sweep"),
        (("-c", "replicas chat 3", "--gap", "7"), "--gap: must be at least 0 and below 1"),
    ],
)
def test_options_that_do_not_go_together_are_refused(
    fleet: str, arguments: tuple[str, ...], said: str
) -> None:
    ended = command("whatif", fleet, *arguments)
    assert (ended.code, ended.out) == (2, "")
    assert said in ended.err


def test_a_sweep_over_what_is_not_named_is_refused_before_solving(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("placement.place", None)
    ended = command("whatif", "--sweep", "zone")
    assert ended.code == 2
    assert "--sweep: the problem names no zone" in ended.err


def two_plans(fleet: str, tmp_path: Path) -> tuple[str, str]:
    """Write a plan and one of the problem with a replica less."""
    old, new = str(tmp_path / "old.json"), str(tmp_path / "new.json")
    command("plan", fleet, "-q", "-o", old)
    command("whatif", fleet, "-q", "-c", "replicas chat 1", "-o", new)
    return old, new


def test_diff_shows_two_saved_plans_and_that_their_problems_differ(
    fleet: str, tmp_path: Path
) -> None:
    old, new = two_plans(fleet, tmp_path)
    ended = command("diff", old, new)
    assert ended.code == 0
    assert "cost: 1.40 USD per hour, before 2.80 USD per hour: -1.40, -50 %" in ended.out
    assert "The plans are of different problems:" in ended.out
    assert "workload default/chat asks for 1, not 2" in ended.out
    same = command("diff", old, old)
    assert (same.code, same.out.startswith("no difference: 2.80 USD")) == (0, True)


def test_diff_as_json_and_from_standard_input(fleet: str, tmp_path: Path) -> None:
    old, new = two_plans(fleet, tmp_path)
    found = json.loads(command("diff", old, new, "--json").out)
    assert found["cost_per_hour"] == {"before": 2.8, "after": 1.4, "change": -1.4}
    heard: Ended = command("diff", "-", new, "--json", stdin=Path(old).read_text())
    assert json.loads(heard.out) == found
    assert command("diff", "-", "-", stdin=Path(old).read_text()).code == 2


def test_diff_refuses_what_is_no_plan(fleet: str) -> None:
    ended = command("diff", fleet, "/nowhere.json")
    assert (ended.code, ended.out) == (2, "")
    assert fleet in ended.err
