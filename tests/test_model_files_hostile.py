"""Hostile model files end in a named error, in bounded time and memory."""

import json
import os
import tracemalloc
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from placement.adapters.huggingface import INDEX, read_model, read_model_files
from placement.errors import AdapterError
from tests.model_folders import folder, llama_tensors, samples, write_raw, write_safetensors
from tests.test_model_weights import SMALL


def fault(where: Path) -> AdapterError:
    """Return the error of reading; more than 200 MB on the way is a failure."""
    tracemalloc.start()
    try:
        with pytest.raises(AdapterError) as caught:
            read_model_files(where)
        assert tracemalloc.get_traced_memory()[1] < 200 * 2**20
    finally:
        tracemalloc.stop()
    assert all(issue.source for issue in caught.value.issues)
    return caught.value


def entry(**changes: Any) -> bytes:
    """Return a header with one tensor of 4 bytes."""
    tensor = {"dtype": "BF16", "shape": [2], "data_offsets": [0, 4], **changes}
    return json.dumps({"a": tensor}).encode()


@pytest.mark.parametrize(
    ("text", "size", "length", "rule"),
    [
        (b"", 0, None, "is empty"),
        (b"{}", 0, 2**63, "ends before its header"),
        (b"{}", 0, 100, "ends before its header"),
        (b"{", 0, None, "is not JSON"),
        (b"[]", 0, None, "one JSON object"),
        (b"\xff\xfe", 0, None, "UTF-8"),
        (b'{"a": 1, "a": 2}', 0, None, "given twice"),
        (b'{"a": {"dtype": NaN}}', 0, None, "finite"),
        (b'{"a": ' + b"[" * 9000 + b"]" * 9000 + b"}", 0, None, "nest deeper"),
        (b'{"a": [' + b"0," * 2_100_000 + b"0]}", 0, None, "1000000 values"),
        (b'{"a": 7}', 0, None, "object of dtype"),
        (entry(dtype="BF17"), 4, None, "known type"),
        (entry(dtype=16), 4, None, "known type"),
        (entry(shape=[-2]), 4, None, "whole numbers"),
        (entry(shape="2"), 4, None, "whole numbers"),
        (entry(shape=[True, 2]), 4, None, "whole numbers"),
        (entry(shape=[1.5]), 4, None, "whole numbers"),
        (entry(shape=[1] * 99), 4, None, "whole numbers"),
        (entry(shape=[2**40, 2**40]), 4, None, "absurdly large"),
        (entry(shape=[2**62], data_offsets=[0, 2**63]), 4, None, "cut short"),
        (entry(data_offsets=[0, 6]), 6, None, "4 bytes"),
        (entry(data_offsets=[4, 0]), 4, None, "4 bytes"),
        (entry(data_offsets=[0]), 4, None, "4 bytes"),
        (entry(data_offsets=[2, 6]), 6, None, "gap"),
        (entry(), 2, None, "cut short"),
        (entry(), 9, None, "must end with its last tensor"),
        (
            json.dumps(
                {
                    name: {"dtype": "BF16", "shape": [2], "data_offsets": span}
                    for name, span in (("a", [0, 4]), ("b", [2, 6]))
                }
            ).encode(),
            6,
            None,
            "overlaps",
        ),
    ],
)
def test_hostile_headers_are_refused(
    tmp_path: Path, text: bytes, size: int, length: int | None, rule: str
) -> None:
    where = folder(tmp_path, SMALL)
    write_raw(where / "model.safetensors", text, size, length)
    error = fault(where)
    assert rule in str(error)
    assert "model.safetensors" in str(error)


def test_a_header_beyond_100_megabytes_is_refused_unread(tmp_path: Path) -> None:
    where = folder(tmp_path, SMALL)
    write_raw(where / "model.safetensors", b"{}", 2**30, 200_000_000)
    assert "100,000,000 bytes" in str(fault(where))


def test_a_pointer_of_git_lfs_is_named(tmp_path: Path) -> None:
    where = folder(tmp_path, SMALL)
    (where / "model.safetensors").write_text("version https://git-lfs.github.com/spec/v1\n")
    assert "git lfs pull" in str(fault(where))


def test_a_tensor_in_two_files_is_refused(tmp_path: Path) -> None:
    where = folder(tmp_path, SMALL)
    for number in (1, 2):
        write_safetensors(where / f"m-0000{number}-of-00002.safetensors", llama_tensors(SMALL))
    assert "in another file" in str(fault(where))


@pytest.mark.parametrize(
    ("index", "rule"),
    [
        ({"weight_map": []}, "weight_map"),
        ({"weight_map": {"a": 7}}, "name of a file"),
        ({"weight_map": {"a": "../secret.safetensors"}}, "name of a file"),
        ({"weight_map": {"a": "/etc/passwd"}}, "name of a file"),
        ({"metadata": {"total_size": 10**40}}, "whole number of bytes"),
        ({"metadata": {"total_size": -1}}, "whole number of bytes"),
    ],
)
def test_hostile_indexes_are_refused(tmp_path: Path, index: object, rule: str) -> None:
    assert rule in str(fault(folder(tmp_path, SMALL, **{INDEX: index})))


@pytest.mark.parametrize(
    "changes",
    [
        {"num_hidden_layers": -1},
        {"num_hidden_layers": "3"},
        {"num_hidden_layers": 3.5},
        {"num_hidden_layers": True},
        {"num_hidden_layers": 10**9},
        {"hidden_size": 10**30},
        {"vocab_size": [[1]]},
        {"num_attention_heads": {}},
        {"layer_types": "full_attention"},
        {"layer_types": [1, 2]},
        {"num_experts": 10**9},
        {"num_experts": 4, "mlp_only_layers": ["a"]},
        {"num_experts": 4, "decoder_sparse_step": -3},
        {"sliding_window": "wide"},
        {"full_attention_interval": -4},
        {"max_position_embeddings": 10**18},
        {"torch_dtype": ["float16"]},
        {"tie_word_embeddings": "maybe"},
        {"quantization_config": []},
    ],
)
def test_fields_of_wrong_types_and_absurd_sizes_are_named(
    tmp_path: Path, changes: dict[str, Any]
) -> None:
    name = list(changes)[-1]
    config = {**SMALL, **changes}
    if name == "quantization_config":
        config[name] = ["fp8"]
    assert name in str(fault(folder(tmp_path, config)))


def test_an_enormous_configuration_is_refused_unread(tmp_path: Path) -> None:
    with (tmp_path / "config.json").open("wb") as stream:
        stream.truncate(2**34)
    assert "larger than 64 MiB" in str(fault(tmp_path))


def test_a_key_that_is_given_twice_in_a_large_file_is_found_quickly(tmp_path: Path) -> None:
    inner = ",".join(f'"k{n}": {n}' for n in range(300_000))
    (tmp_path / "config.json").write_text("{" + inner + ', "k7": 1}')
    assert "'k7' is given twice" in str(fault(tmp_path))


@pytest.mark.parametrize(
    "name", ["config.json", INDEX, "model.safetensors", "hf_quant_config.json"]
)
def test_links_out_of_the_folder_are_refused_by_name(tmp_path: Path, name: str) -> None:
    where = folder(tmp_path / "model", SMALL)
    (tmp_path / "outside").write_text(json.dumps(SMALL))
    (where / name).unlink(missing_ok=True)
    (where / name).symlink_to("../outside")
    error = fault(where)
    assert "must not link to a file outside" in str(error)
    assert name in str(error)


def test_a_link_from_one_model_of_a_cache_to_another_is_refused(tmp_path: Path) -> None:
    for name in ("a", "b"):
        folder(tmp_path / f"models--org--{name}" / "snapshots" / "1", SMALL)
    config = tmp_path / "models--org--a" / "snapshots" / "1" / "config.json"
    config.unlink()
    config.symlink_to("../../../models--org--b/snapshots/1/config.json")
    assert "outside" in str(fault(config.parent))


@pytest.mark.parametrize("target", ["config.json", "nothing"])
def test_links_in_a_circle_or_to_nothing_are_refused(tmp_path: Path, target: str) -> None:
    (tmp_path / "config.json").symlink_to(target)
    assert "config.json" in str(fault(tmp_path))


@pytest.mark.parametrize("name", ["config.json", INDEX, "model.safetensors"])
def test_pipes_and_folders_are_refused_without_waiting(tmp_path: Path, name: str) -> None:
    for kind in ("pipe", "folder"):
        where = folder(tmp_path / kind, SMALL)
        (where / name).unlink(missing_ok=True)
        if kind == "pipe":
            os.mkfifo(where / name)
        else:
            (where / name).mkdir()
        error = fault(where)
        assert name in str(error)
        assert "regular file" in str(error) or "cannot be read" in str(error)


def test_a_device_is_refused() -> None:
    with pytest.raises(AdapterError, match="regular file"):
        read_model("/dev/zero")


def test_too_many_files_are_refused(tmp_path: Path) -> None:
    where = folder(tmp_path, SMALL)
    for number in range(10_001):
        (where / f"{number}").touch()
    assert "more than 10000 files" in str(fault(where))


@pytest.mark.parametrize("name", ["\0", "a" * 5000])
def test_a_path_that_cannot_be_is_not_there(name: str) -> None:
    with pytest.raises(AdapterError, match="is not there"):
        read_model(name)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_any_value_in_any_field_is_read_or_named(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    name = data.draw(st.sampled_from(sorted(samples())))
    config = json.loads(json.dumps(samples()[name]["config"]))
    part = data.draw(
        st.sampled_from([config, *(v for v in config.values() if isinstance(v, dict))])
    )
    part[data.draw(st.sampled_from(sorted(part)))] = data.draw(VALUES)
    with suppress(AdapterError):
        assert read_model(folder(tmp_path_factory.mktemp("any"), config)).name


@settings(max_examples=150, deadline=None)
@given(raw=st.binary(max_size=80), position=st.integers(0, 400))
def test_any_bytes_in_a_header_are_read_or_named(
    raw: bytes, position: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    where = folder(tmp_path_factory.mktemp("any"), SMALL)
    file = where / "model.safetensors"
    write_safetensors(file, llama_tensors(SMALL))
    with file.open("r+b") as stream:
        stream.seek(position)
        stream.write(raw)
    with suppress(AdapterError):
        assert read_model(where).layers == 3


def test_headers_in_all_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("placement.adapters.safetensors_files.MOST_HEADERS", 3000)
    where = folder(tmp_path, SMALL)
    write_safetensors(where / "model.safetensors", llama_tensors(SMALL))
    assert "headers must not have over" in str(fault(where))
