"""Documents: what is read, what is refused, and that every fault has its place."""

import io
import sys
import time
from pathlib import Path

import pytest

from placement.adapters.documents import Document, read_documents
from placement.adapters.limits import MOST_DEPTH
from placement.errors import AdapterError


def write(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def faults(*paths: Path | str) -> list[str]:
    """Return the faults of the files, without the folder they are in."""
    with pytest.raises(AdapterError) as error:
        read_documents(paths)
    folder = str(Path(paths[0]).parent)
    return [str(issue).replace(f"{folder}/", "") for issue in error.value.issues]


def one(path: Path) -> Document:
    (document,) = read_documents([path])
    return document


def test_documents_of_one_file_are_numbered(tmp_path: Path) -> None:
    path = write(tmp_path, "fleet.yaml", "a: 1\n---\n---\nb: 2\n")
    found = read_documents([path])
    assert [document.source for document in found] == [
        f"{path}, document 1",
        f"{path}, document 3",
    ]
    assert [document.content for document in found] == [{"a": 1}, {"b": 2}]


def test_a_single_document_has_the_name_of_its_file(tmp_path: Path) -> None:
    path = write(tmp_path, "fleet.yaml", "a: 1\n")
    assert one(path).source == str(path)
    assert one(path).folder == tmp_path


def test_folders_are_read_in_the_order_of_names_without_hidden_files(tmp_path: Path) -> None:
    for name in ("b.yml", "a/z.json", "a.yaml", ".hidden/x.yaml", ".x.yaml", "notes.txt"):
        write(tmp_path, name, '{"name": 1}')
    names = [Path(document.source).name for document in read_documents([tmp_path])]
    assert names == ["z.json", "a.yaml", "b.yml"]


def test_a_file_named_twice_is_read_once(tmp_path: Path) -> None:
    path = write(tmp_path, "a.yaml", "a: 1")
    assert len(read_documents([path, tmp_path, path])) == 1


def test_lists_of_kubernetes_objects_are_taken_apart(tmp_path: Path) -> None:
    text = """
      apiVersion: v1
      kind: List
      items:
        - {apiVersion: apps/v1, kind: Deployment}
        - {apiVersion: apps/v1, kind: DeploymentList, items: [{metadata: {name: b}}]}
    """
    first, second = read_documents([write(tmp_path, "list.yaml", text)])
    assert (first.kind, first.group, first.prefix) == ("Deployment", "apps", "items[0]")
    assert (second.kind, second.api_version) == ("Deployment", "apps/v1")
    assert second.issue("spec.replicas", "x").path == "items[1].items[0].spec.replicas"


def test_standard_input_may_be_json_or_yaml(monkeypatch: pytest.MonkeyPatch) -> None:
    for text in (b'{"a": 1}', b"a: 1", b"{a: 1}"):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text)))
        (document,) = read_documents(["-"])
        assert (document.source, document.content) == ("standard input", {"a": 1})


def test_scalars_read_as_kubectl_reads_them_and_dates_stay_strings(tmp_path: Path) -> None:
    text = """
      date: 2024-01-01
      time: 2001-12-14t21:59:43.10-05:00
      ratio: 12:30:45
      hex: 0x1f
      octal: 017
      name: 089
      float: 1e3
      thousand: 1_000
      switch: yes
      quoted: "yes"
      tagged: !!str 12
      nothing: ~
      signed: -.5
    """
    assert one(write(tmp_path, "a.yaml", text)).content == {
        "date": "2024-01-01",
        "time": "2001-12-14t21:59:43.10-05:00",
        "ratio": "12:30:45",
        "hex": 31,
        "octal": 15,
        "name": "089",
        "float": 1000.0,
        "thousand": 1000,
        "switch": True,
        "quoted": "yes",
        "tagged": "12",
        "nothing": None,
        "signed": -0.5,
    }


def test_aliases_and_merge_keys_are_expanded(tmp_path: Path) -> None:
    text = "x: &x {a: 1, b: 2}\ny: {<<: *x, b: 3}\nz: {<<: [{a: 7}, *x]}\nk: &k key\n*k : 5\n"
    content = one(write(tmp_path, "a.yaml", text)).content
    assert content["y"] == {"b": 3, "a": 1}
    assert content["z"] == {"a": 7, "b": 2}
    assert content["key"] == 5


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    assert one(write(tmp_path, "a.yaml", b"\xef\xbb\xbfa: 1")).content == {"a": 1}


@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        ("a.yaml", "", "a.yaml: holds no document"),
        ("a.yaml", "---\n---\n", "a.yaml: holds no document"),
        ("a.json", " ", "a.json: holds no document"),
        ("a.yaml", "5", "a.yaml: must be a mapping"),
        ("a.yaml", "a: 1\n---\n- 3\n", "a.yaml, document 2: must be a mapping"),
        ("a.yaml", b"\x00\x01", "a.yaml:1: is not text: it holds the character U+0000"),
        ("a.yaml", b"a: 1\nb: \xe9", "a.yaml:2: must be UTF-8"),
        ("a.yaml", "a: 1".encode("utf-16"), "a.yaml:1: must be UTF-8"),
        ("a.yaml", "a: [1\nb: 2", "a.yaml:2: is not YAML: did not find expected ',' or ']'"),
        ("a.json", '{"a": 1,}', "a.json:1: is not JSON"),
        ("a.yaml", "a: 1\nb: 2\na: 3", "a.yaml:3: the key is given twice"),
        ("a.json", '{"a": 1,\n"a": 2}', "a.json:2: the key is given twice"),
        ("a.yaml", "a: .nan", "a.yaml:1: a number must be finite (got '.nan')"),
        ("a.yaml", "a: -.inf", "a.yaml:1: a number must be finite"),
        ("a.yaml", "x: 1\na: 1e999", "a.yaml:2: a number must be finite"),
        ("a.json", '{"a": NaN}', "a.json: a number must be finite, not NaN"),
        ("a.json", '{"a": -Infinity}', "a.json: a number must be finite, not -Infinity"),
        ("a.json", '{"a": 1e999}', "a.json: a number must be finite"),
        ("a.yaml", f"a: {'9' * 5000}", "a.yaml:1: a whole number must not have more than 100"),
        ("a.json", f'{{"a": {"9" * 5000}}}', "a.json: a whole number must not have more than 100"),
        ("a.yaml", "a: !!python/object/apply:os.system [x]", "a.yaml:1: the tag !!python/object"),
        ("a.yaml", "!!python/name:os.x : 1", "a.yaml:1: the tag !!python/name:os.x is not allowed"),
        ("a.yaml", "a: !!binary aGk=", "a.yaml:1: the tag !!binary is not allowed"),
        ("a.yaml", "a: !!int x", "a.yaml:1: does not agree with its tag !!int"),
        ("a.yaml", "a: &a [*a]", "a.yaml:1: the alias *a names no value that ended before it"),
        ("a.yaml", "? [a]\n: 1", "a.yaml:1: a key must be a string"),
        ("a.yaml", "a: {<<: 3}", "a.yaml:1: the merge key << takes a mapping"),
        ("a.yaml", "a: " + "[" * 500, f"a.yaml:1: must not nest deeper than {MOST_DEPTH}"),
        ("a.json", '{"a":' + "[" * 9**5 + "]" * 9**5 + "}", "a.json: must not nest deeper"),
        ("a.json", '{"a":' + "[" * 150 + "]" * 150 + "}", "a.json: must not nest deeper"),
    ],
)
def test_a_fault_is_named_with_its_place(
    tmp_path: Path, name: str, content: str | bytes, fault: str
) -> None:
    assert faults(write(tmp_path, name, content))[0].startswith(fault)


def test_a_document_at_the_greatest_depth_is_read(tmp_path: Path) -> None:
    lists = MOST_DEPTH - 1
    for name in ("a.yaml", "a.json"):
        path = write(tmp_path, name, '{"a": ' + "[" * lists + "]" * lists + "}")
        assert one(path).content


def test_aliases_that_multiply_are_refused_at_once(tmp_path: Path) -> None:
    lines = ["a: &a0 [" + ",".join(["x"] * 9) + "]"]
    lines += [f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
    path = write(tmp_path, "bomb.yaml", "\n".join(lines))
    start = time.perf_counter()
    (fault,) = faults(path)
    assert "aliases expanded" in fault
    assert time.perf_counter() - start < 2


def test_aliases_that_deepen_are_refused(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x]", *(f"a{n}: &a{n} [*a{n - 1}]" for n in range(1, 500))]
    (fault,) = faults(write(tmp_path, "chain.yaml", "\n".join(lines)))
    assert "must not nest deeper" in fault


def test_faults_of_all_files_are_reported_together(tmp_path: Path) -> None:
    first = write(tmp_path, "a.yaml", "a: 1\na: 2\nb: .nan")
    second = write(tmp_path, "b.json", "{")
    (tmp_path / "empty").mkdir()
    found = faults(first, second, tmp_path / "none.yaml", tmp_path / "empty", "nul\0")
    assert [fault.split(": ")[0] for fault in found] == [
        "a.yaml:2",
        "a.yaml:3",
        "b.json:1",
        "none.yaml",
        "empty",
        "'nul\\x00'",
    ]
    assert "cannot be read" in found[3]
    assert "holds no *.yaml" in found[4]


def test_a_file_above_the_bound_is_refused_without_being_read_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("placement.adapters.tables.MOST_BYTES", 100)
    (fault,) = faults(write(tmp_path, "a.yaml", "a: 1\n" * 100))
    assert "must not be larger" in fault


def test_two_megabytes_of_yaml_are_read_in_seconds(tmp_path: Path) -> None:
    node = "  - {name: node-%d, zone: cn-hangzhou-i, free: {cpu: 6, memory: 20Gi, pods: 50}}\n"
    text = "nodes:\n" + "".join(node % number for number in range(25_000))
    path = write(tmp_path, "a.yaml", text)
    start = time.perf_counter()
    nodes = one(path).content["nodes"]
    assert isinstance(nodes, list)
    assert len(nodes) == 25_000
    assert time.perf_counter() - start < 8
