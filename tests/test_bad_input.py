"""Bad input, kind by kind: exit code 2, a message with file and reason, no traceback, no output."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.bad_documents import EDITS, GOOD, Edit
from tests.bad_rules import RULE_EDITS
from tests.cli_command import Ended, command, written

PLAN = ("plan", "{0}/fleet.yaml", "-o", "{0}/out/plan.json", "--bindings", "{0}/out/bindings.yaml")
VERIFY = ("verify", "{0}/fleet.yaml", "--plan", "{0}/plan.json")
BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12)
)
ALL_EDITS = (*EDITS, *RULE_EDITS)
DEEP, ENDLESS = (f"workloads: {'[' * n}{']' * n}\n" for n in (200, 100_000))


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Files, a command line (``{0}`` is their folder), and fragments of the message."""

    what: str
    argv: tuple[str, ...] = PLAN
    files: Mapping[str, str | bytes] = field(default_factory=dict)
    said: tuple[str, ...]


def _fleet(what: str, content: str | bytes, *said: str) -> Case:
    return Case(what=what, files={"fleet.yaml": content}, said=("fleet.yaml", *said))


def _flag(what: str, *argv: str, said: tuple[str, ...]) -> Case:
    return Case(what=what, argv=argv, files={"fleet.yaml": GOOD}, said=said)


def _plan(what: str, content: str | bytes, *said: str) -> Case:
    files = {"fleet.yaml": GOOD, "plan.json": content}
    return Case(what=what, argv=VERIFY, files=files, said=("plan.json", *said))


CASES = (
    _fleet("an empty file", "", "holds no document"),
    _fleet("nothing but comments", "# nothing\n---\n# here\n", "holds no document"),
    _fleet("a list at the top", "- a\n- b\n", "must be a mapping"),
    _fleet("a word at the top", "hello\n", "must be a mapping", "'hello'"),
    _fleet("bytes that are no text", b"\x89PNG\r\n\x1a\n\x00\xff", "UTF-8"),
    _fleet("a NUL character", "currency: \0USD\n", "U+0000"),
    _fleet("aliases that explode", BOMB, "aliases expanded"),
    _fleet("deep nesting", DEEP, "must not nest deeper than 100"),
    _fleet("endless nesting", ENDLESS, "nest"),
    _fleet("an unknown kind alone", "kind: Deployment\nreplicas: 3\n", "apiVersion"),
    Case(what="a file that is missing", said=("fleet.yaml", "No such file")),
    Case(
        what="a folder without documents",
        argv=("plan", "{0}/empty"),
        files={"empty/readme.txt": "x"},
        said=("empty", "holds no *.yaml"),
    ),
    Case(
        what="JSON that is cut off",
        argv=("plan", "{0}/fleet.json"),
        files={"fleet.json": '{"workloads": ['},
        said=("fleet.json:1", "is not JSON"),
    ),
    Case(
        what="faults in two files",
        argv=("plan", "{0}/a.yaml", "{0}/b.yaml"),
        files={"a.yaml": "workloads: [{name: x, replicas: -1}]", "b.yaml": "currency: 7"},
        said=("a.yaml: workloads[0].replicas", "b.yaml: currency", "2 errors"),
    ),
    _flag("an unknown command", "paln", said=("No such command 'paln'", "plan")),
    _flag("an unknown option", *PLAN, "--tim-limit", "3", said=("--tim-limit", "--time-limit")),
    _flag("a word as number", *PLAN, "--time-limit", "long", said=("--time-limit", "number")),
    _flag("no time at all", *PLAN, "--time-limit", "0", said=("--time-limit", "above 0", "0.0")),
    _flag("an endless gap", *PLAN, "--gap", "nan", said=("--gap", "below 1", "nan")),
    _flag("a negative seed", *PLAN, "--seed", "-1", said=("--seed", "2147483647", "-1")),
    _flag("an unknown solver", *PLAN, "--solver", "higs", said=("did you mean 'highs'",)),
    _flag("an unknown strategy", *PLAN, "--strategy", "exakt", said=("--strategy", "'exact'")),
    _flag("no worker", *PLAN, "--workers", "0", said=("--workers", "at least 1", "0")),
    _flag("an option without value", *PLAN, "--gap", said=("--gap", "requires an argument")),
    _flag("the plan is missing", "verify", "{0}/fleet.yaml", said=("--plan",)),
    _flag("the plan is nowhere", *VERIFY, said=("plan.json", "No such file")),
    _flag("the file is missing", "verify", "--plan", "x", said=("FILE",)),
    _flag("a folder as target", "plan", "{0}/fleet.yaml", "-o", "{0}", said=("is a folder",)),
    _flag(
        "a target in no folder",
        *("plan", "{0}/fleet.yaml", "--node-pools", "{0}/no/where.yaml"),
        said=("--node-pools", "there is no folder"),
    ),
    _flag(
        "a target that is an input",
        *("plan", "{0}/fleet.yaml", "-o", "{0}/fleet.yaml"),
        said=("-o", "must not be overwritten"),
    ),
    _flag(
        "two outputs on one stream",
        *("plan", "{0}/fleet.yaml", "-o", "-", "--bindings", "-"),
        said=("--bindings -", "target of -o already"),
    ),
    _flag(
        "an unknown workload",
        *("explain", "{0}/fleet.yaml", "--workload", "default/chad"),
        said=("--workload", "did you mean 'default/chat'"),
    ),
    _flag("no workload", "explain", "{0}/fleet.yaml", said=("--workload",)),
    _flag("an unknown model", "fit", "Qwen/Qwen3-9B", said=("MODEL", "did you mean 'Qwen/Qwen3-")),
    _flag("an unknown GPU", "fit", "qwen3-8b", "--gpu", "H10", said=("--gpu", "'H10'", "H100")),
    _flag(
        "a bad length", "fit", "qwen3-8b", "--max-model-len", "x", said=("--max-model-len", "8k")
    ),
    _flag(
        "too much memory",
        *("fit", "qwen3-8b", "--gpu-memory-utilization", "1.5"),
        said=("--gpu-memory-utilization", "1.5"),
    ),
    _flag("a bad type", "fit", "qwen3-8b", "--dtype", "float8", said=("--dtype", "bfloat16")),
    _flag("an unknown method", "fit", "qwen3-8b", "--quantization", "awk", said=("'awq'",)),
    _flag("no version", "fit", "qwen3-8b", "--engine-version", "new", said=("--engine-version",)),
    _flag(
        "no memory", "fit", "qwen3-8b", "--gpu-total-gib", "0", said=("--gpu-total-gib", "above")
    ),
    _flag(
        "degree zero", "fit", "qwen3-8b", "--tensor-parallel", "0", said=("--tensor-parallel-size",)
    ),
    _flag("a folder that is no model", "fit", "{0}", said=("config.json", "is not there")),
    _flag("both schemas alone", "schema", "--plan", "--problem", said=("--problem --plan",)),
    _plan("a plan that is no JSON", "{status: optimal}", "is not JSON"),
    _plan("a plan that is empty", "", "is not JSON"),
    _plan("a plan that is a list", "[]", "must be a plan"),
    _plan("a plan with NaN", '{"status": "optimal", "gap": NaN}', "finite"),
    _plan("a key twice in a plan", '{"status": "optimal", "status": "optimal"}', "twice"),
    _plan("an unknown status", '{"status": "best"}', "status", "must be one of", "'best'"),
    _plan("a field that no plan has", '{"status": "optimal", "costs": 1}', "costs", "not known"),
    _plan(
        "a row that lacks a field",
        '{"status": "optimal", "assignments": [{"workload": "default/chat", "replicas": 1}]}',
        "assignments[0].cluster",
        "is required",
    ),
    _plan(
        "replicas below zero",
        json.dumps({"status": "optimal", "unplaced": [{"workload": "a/b", "replicas": -1}]}),
        "unplaced[0].replicas",
    ),
    _plan("a plan that is binary", b"\xff\xfe\x00", "UTF-8"),
)


def refused(folder: Path, argv: tuple[str, ...], said: tuple[str, ...]) -> Ended:
    """Run a command that must be refused, and hold it to how that is said."""
    before = sorted(folder.rglob("*"))
    ended = command(*(part.format(folder) for part in argv))
    assert ended.code == 2, ended.err
    assert ended.out == ""
    assert "Traceback" not in ended.err
    assert "internal error" not in ended.err
    for fragment in said:
        assert any(part in ended.err for part in fragment.split("|")), ended.err
    assert sorted(folder.rglob("*")) == before
    return ended


@pytest.mark.parametrize("case", CASES, ids=[case.what for case in CASES])
def test_bad_input_is_refused_with_file_and_reason(case: Case, tmp_path: Path) -> None:
    written(tmp_path, {"out/kept.txt": "", **case.files})
    assert refused(tmp_path, case.argv, case.said).err


@pytest.mark.parametrize("edit", ALL_EDITS, ids=[edit.what for edit in ALL_EDITS])
def test_one_wrong_value_is_refused_with_its_path(edit: Edit, tmp_path: Path) -> None:
    written(tmp_path, {"out/kept.txt": "", "fleet.yaml": edit.text})
    assert refused(tmp_path, PLAN, ("fleet.yaml", *edit.said)).err


def test_the_document_that_is_spoilt_is_good(tmp_path: Path) -> None:
    written(tmp_path, {"fleet.yaml": GOOD})
    assert command("plan", str(tmp_path / "fleet.yaml")).code == 0


def test_several_faults_are_reported_together(tmp_path: Path) -> None:
    text = GOOD.replace("price: 1.4", "price: -1").replace("replicas: 2", "replicas: 1.5")
    written(tmp_path, {"fleet.yaml": text})
    ended = refused(tmp_path, ("plan", "{0}/fleet.yaml"), ("offerings[0].price", "workloads[0]"))
    assert "2 errors" in ended.err


def test_a_message_cannot_steer_the_terminal(tmp_path: Path) -> None:
    text = GOOD.replace("replicas: 2", 'replicas: 2\n    "a\\e[31mb": 1')
    written(tmp_path, {"fleet.yaml": text})
    ended = refused(tmp_path, ("plan", "{0}/fleet.yaml"), ("not known",))
    assert "\x1b" not in ended.err


def test_there_are_fifty_kinds() -> None:
    kinds = {case.what for case in CASES} | {edit.what for edit in ALL_EDITS}
    assert len(kinds) >= 50
