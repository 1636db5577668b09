"""What the command shows of loads, moves and replicas over several nodes, and how it ends."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from placement import Plan, Problem, diff, place, sweep
from placement.cli.moves_view import moves_blocks
from placement.cli.tables import render
from placement.cli.tally import left_out, tally
from placement.cli.words import figure
from placement.plan import LevelValue, Move, MovePlace, Unplaced
from placement.sweep import NotCarried
from tests.cli_command import command, written
from tests.loaded_fleet import LOADS, MOVES

GIANT = LOADS.replace("replicas: 2,", "replicas: 2, nodes_per_replica: 2,")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder that the files are in, which is the one to work in."""
    files = {"loads.yaml": LOADS, "moves.yaml": MOVES, "giant.yaml": GIANT}
    written(tmp_path, files)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def problem(text: str) -> Problem:
    """Return a document's problem."""
    return Problem.model_validate(yaml.safe_load(text))


def printed(*arguments: str) -> Any:
    """Return the JSON that a command prints."""
    return json.loads(command(*arguments, "-q").out)


def test_a_load_that_is_not_carried_whole_is_told_in_its_unit_and_ends_in_three(
    folder: Path,
) -> None:
    ended = command("plan", "loads.yaml")
    assert ended.code == 3
    assert "2 of 2 replicas placed, 1 of 2 loads carried whole, by 5 replicas in all" in ended.out
    rows = [line.split() for line in ended.out.splitlines()]
    assert ["default/long", "36.8", "40", "requests/s", "2"] in rows
    assert ["default/short", "3,000", "3,000", "tokens/s", "3"] in rows
    assert "Unplaced: 1 load in part" in ended.out
    assert "default/long: 3.2 of 40 requests/s not carried" in ended.out
    assert "placement: 1 load is not carried whole" in ended.err


def test_verify_and_explain_speak_of_the_load(folder: Path) -> None:
    assert command("plan", "loads.yaml", "-q", "-o", "plan.json").code == 3
    valid = command("verify", "loads.yaml", "--plan", "plan.json")
    assert (valid.code, valid.out.splitlines()[0].partition("; ")[2]) == (
        0,
        "1 load is not carried whole",
    )
    ended = command("explain", "loads.yaml", "-w", "long", "--plan", "plan.json")
    assert ended.out.startswith("default/long: 36.8 of 40 requests/s carried, by 2 replicas\n")
    found = printed("explain", "loads.yaml", "-w", "long", "--json")
    assert (found["load"]["amount"], found["not_carried"]) == (40.0, 3.2)


def test_what_is_left_out_is_counted_in_words() -> None:
    load = Unplaced(workload="l", load=1.0, unit="u")
    replica = Unplaced(workload="w", replicas=1)
    assert (
        left_out(Plan(status="optimal", unplaced=(load, load))) == "2 loads are not carried whole"
    )
    both = left_out(Plan(status="optimal", unplaced=(replica, load)))
    assert both == "1 replica is left unplaced, 1 load is not carried whole"


def test_the_tally_of_no_plan_says_what_was_wanted() -> None:
    found = tally(Plan(status="infeasible"), problem(LOADS))
    assert found.wanted == "2 replicas and 2 loads"


@pytest.mark.parametrize(
    ("amount", "said"),
    [(7.8, "7.8"), (0.0, "0"), (1250.0, "1,250"), (1e-9, "1e-09"), (0.25, "0.25")],
)
def test_a_figure_is_short_and_a_little_is_never_nothing(amount: float, said: str) -> None:
    assert figure(amount) == said


def test_moves_are_listed_with_their_price_and_where_they_lead(folder: Path) -> None:
    ended = command("plan", "moves.yaml")
    assert ended.code == 0
    assert "objective: nodes 2.00, moves 0.50; in all 2.50 USD per hour" in ended.out
    assert "Moves, in this order: 2 replicas for 0.50 USD per hour" in ended.out
    rows = [line.split() for line in ended.out.splitlines()]
    assert ["default/web", "a/p", "b/p/p-1", "1", "starts", "there", "first"] in rows


def test_moves_that_leave_a_gap_are_counted_and_many_are_cut_short() -> None:
    place_ = MovePlace(cluster="a", node_pool="p")
    drained = Move.model_validate(
        {"workload": "w", "from": place_, "to": place_, "replicas": 3, "first": "drain"}
    )
    stopped = Move.model_validate({"workload": "w", "from": place_, "replicas": 1})
    plan = Plan(status="optimal", moves=(drained, stopped, *[drained] * 20))
    out = render(moves_blocks(plan))
    assert "64 replicas for 0.00 USD per hour; 63 must stop first; 1 without another place" in out
    assert "nowhere" in out
    assert "2 further moves, listed in the plan as JSON" in out


def test_a_plan_with_moves_and_parts_fits_the_schema_and_is_read_again(folder: Path) -> None:
    schema = Draft202012Validator(json.loads(command("schema", "--plan").out))
    for name, code in (("moves", 0), ("giant", 3)):
        assert command("plan", f"{name}.yaml", "-q", "-o", "plan.json").code == code
        document = json.loads((folder / "plan.json").read_text())
        schema.validate(document)
        assert command("verify", f"{name}.yaml", "--plan", "plan.json").code == 0
        document["nodes"][0]["replicas"] = [{"workload": "w", "replica": 1}]
        assert not schema.is_valid(document)


def test_replicas_over_several_nodes_show_how_many(folder: Path) -> None:
    ended = command("plan", "giant.yaml")
    row = next(line.split() for line in ended.out.splitlines() if line.startswith("default/web"))
    assert row[-3:] == ["2", "2", "2"]  # nodes each, GPUs each, replicas
    assert (
        "default/web: 2 of 2 replicas placed" in command("explain", "giant.yaml", "-w", "web").out
    )


def test_a_difference_has_all_money_beside_the_nodes(folder: Path) -> None:
    ended = command("whatif", "moves.yaml", "-q", "-c", "moves 0")
    assert "cost: 4.00 USD per hour, before 2.00 USD per hour: +2.00, +100 %" in ended.out
    assert (
        "with replicas and moves: 4.00 USD per hour, before 2.50 USD per hour: +1.50, +60 %"
        in ended.out
    )
    found = printed("whatif", "moves.yaml", "-c", "moves 0", "--json")
    assert found["difference"]["total_per_hour"] == {"before": 2.5, "after": 4.0, "change": 1.5}
    assert found["total_per_hour"] == 4.0


def test_a_difference_of_prices_of_replicas_alone_is_one() -> None:
    old = Plan.model_validate({"status": "optimal", "objective": {"total": 1.0}})
    new = Plan.model_validate({"status": "optimal", "objective": {"total": 1.2}})
    found = diff(old, new)
    assert not found.empty
    assert (found.cost_change, found.total_change) == (0.0, 0.2)
    assert found.more_than_nodes


def test_a_load_is_compared_by_what_is_not_carried(folder: Path) -> None:
    before = problem(LOADS)
    found = diff(place(before), place(before.with_load("long", 20)), loads={"default/long"})
    row = next(row for row in found.workloads if row.workload == "default/long")
    assert (row.load_before, row.load_after, row.unit) == (3.2, 0.0, "requests/s")
    assert found.notes == ()
    ended = command("whatif", "loads.yaml", "-q", "-c", "load long 20", "-c", "load short 9000")
    assert ended.code == 0
    assert "default/long: 0 requests/s not carried, before 3.2" in ended.out
    assert "the costs are of different shares of loads" in ended.out
    back = command("whatif", "loads.yaml", "-q", "-c", "load long 80")
    assert back.code == 3
    assert "default/long: 43.2 requests/s not carried, before 3.2\n  - stock: " in back.out


def test_a_load_carried_by_other_replicas_is_no_other_problem() -> None:
    before = problem(LOADS).with_load("long", 18)
    found = diff(place(before), place(before.scaled_price(9, instance_type="small")), loads=())
    assert [row.workload for row in found.workloads] != []
    keys = {"default/long", "default/short"}
    sure = diff(place(before), place(before.scaled_price(9, instance_type="small")), loads=keys)
    assert (len(found.notes), sure.notes) == (1, ())


def test_a_loss_says_which_loads_it_takes_and_the_worse_one_is_first(folder: Path) -> None:
    first, second = sweep(problem(LOADS), "region")
    assert (first.name, second.name) == ("r", "s")
    assert first.no_longer_placed == ((0, 2),)
    assert second.no_longer_carried == (
        NotCarried(workload="default/long", priority=0, amount=36.8, unit="requests/s", share=0.92),
    )
    out = command("whatif", "loads.yaml", "-q", "--sweep", "region").out
    assert "1 load carried in part" in out
    assert "92 % of default/long" in out
    rows = printed("whatif", "loads.yaml", "--sweep", "region", "--json")["sweep"]
    assert rows[1]["no_longer_carried"][0]["amount"] == 36.8


def test_a_lost_region_leaves_nothing_to_move_and_no_warning(folder: Path) -> None:
    ended = command("whatif", "moves.yaml", "-q", "-c", "without region r")
    assert (ended.code, ended.err) == (0, "")
    assert problem(MOVES).without_region("r").workloads[0].current == ()


def test_what_if_loads_and_moves_are_other_problems_and_refuse_what_cannot_be() -> None:
    fleet = problem(LOADS)
    loads = [w.load.amount for w in fleet.with_load("long", 12.5).workloads if w.load]
    assert loads == [12.5, 3000.0]
    assert fleet.with_max_moves(3).objective.max_moves == 3
    for text, said in (
        ("replicas long 3", "has a load in place of replicas; change its amount (got 'long')"),
        ("load web 3", "has no load; change its replicas (got 'web')"),
        ("load long 0", "amount: must be greater than 0 (got 0.0)"),
        ("load lonk 3", "no workload has this name; did you mean 'long'?"),
    ):
        ended = command("whatif", "-", "-c", text, stdin=LOADS)
        assert (ended.code, ended.out) == (2, "")
        assert said in ended.err


def test_compare_sets_loads_beside_the_optimum_and_says_who_carries_less(folder: Path) -> None:
    ended = command("compare", "loads.yaml")
    assert ended.code == 3  # as much as can be is carried
    assert "1 of 2 loads carried whole" in ended.out
    rows = {line.split()[0]: line.split() for line in ended.out.splitlines() if line.strip()}
    # Both large nodes for `long`; `short` takes three small ones, `web` two: 2 x 3 + 5 x 1.
    assert rows["cheapest"][1:6] == ["11.00", "0", "7", "0", "%"]
    assert " ".join(rows["karmada"]).endswith("places 2 fewer; carries less of 2 loads")


def test_compare_counts_moves_as_the_optimum_does(folder: Path) -> None:
    rows = {row["name"]: row for row in printed("compare", "moves.yaml", "--json")}
    assert all(row["verified"] for row in rows.values())
    # Both stay at 2 per hour each, or both move to nodes at 1, for 2 moves over 4 hours.
    assert (rows["optimum"]["objective"], rows["cheapest"]["objective"]) == (2.5, 4.0)
    assert rows["cheapest"]["saving"] == 0.375


def test_levels_are_in_the_plan() -> None:
    levels = {level.level: level.value for level in place(problem(MOVES)).levels}
    assert (levels["money"], levels["moves"]) == (2.5, 2.0)
    assert LevelValue(level="money", value=1.0, bound=1.0).priority is None


def test_many_broken_rules_are_counted_by_name_and_cut_short(folder: Path) -> None:
    many = "".join(
        f"  - {{name: w{n}, replicas: 2, requests: {{nvidia.com/gpu: 1}}, "
        "spread: [{by: region, max_fraction: 0.5}]}\n"
        for n in range(8)
    )
    written(folder, {"many.yaml": LOADS + many})
    ended = command("compare", "many.yaml")
    assert ended.code == 3  # of the optimum: no baseline knows the rule
    assert "cheapest breaks spread 8:" in ended.out
    section = ended.out.split("cheapest breaks spread 8:\n")[1].partition("\n\n")[0]
    assert len(section.splitlines()) == 7
    assert "and 2 more, which --json lists" in section
    rows = {row["name"]: row for row in printed("compare", "many.yaml", "--json")}
    assert rows["cheapest"]["broken"] == {"spread": 8}
    assert len(rows["cheapest"]["violations"]) == 8
