"""vLLM's command line: found in containers, read as vLLM reads it."""

import pytest

from placement.adapters.pods import Container
from placement.adapters.shell import vllm_command
from placement.adapters.vllm import VllmArguments, parse_command_line
from placement.errors import AdapterError

REFERENCE = (
    "vllm serve /models/qwen3-8b --port 8000 --trust-remote-code --served-model-name qwen3-8b "
    "--tensor-parallel=1 --max-model-len 8192 --gpu-memory-utilization 0.95 --enforce-eager"
)


def parsed(line: str) -> VllmArguments:
    return parse_command_line(line.split())


def command(**fields: object) -> tuple[str, ...] | None:
    return vllm_command(Container.model_validate(fields))


def test_the_reference_line_is_read_with_its_abbreviation() -> None:
    found = parsed(REFERENCE)
    assert found.model == "/models/qwen3-8b"
    assert found.names == ("/models/qwen3-8b", "qwen3-8b")
    assert found.serving == {
        "tensor_parallel": 1,
        "max_model_len": 8192,
        "gpu_memory_utilization": 0.95,
        "enforce_eager": True,
    }
    assert not found.warnings


@pytest.mark.parametrize(
    ("flags", "serving"),
    [
        ("-tp 2 -pp=3", {"tensor_parallel": 2, "pipeline_parallel": 3}),
        ("--tensor_parallel_size=4", {"tensor_parallel": 4}),
        ("--max-model-len 8k", {"max_model_len": 8000}),
        ("--max-model-len 32K", {"max_model_len": 32768}),
        ("--max-model-len=25.6k", {"max_model_len": 25600}),
        ("--max-model-len -1", {}),
        ("--max-model-len 1 --max-model-len 2", {"max_model_len": 2}),
        (
            "--max-num-seqs 16 --max-num-batched-tokens 2048",
            {"max_num_seqs": 16, "max_num_batched_tokens": 2048},
        ),
        ("--kv-cache-dtype fp8_e5m2", {"kv_cache_dtype": "fp8"}),
        ("--enforce-eager --no-enforce-eager", {"enforce_eager": False}),
        ("--seed 0 --unheard-of 3", {}),
    ],
)
def test_flags_are_read_in_every_spelling(flags: str, serving: dict[str, object]) -> None:
    assert parsed(f"vllm serve m {flags}").serving == serving


@pytest.mark.parametrize(
    "line",
    [
        "vllm serve org/m --port 80",
        "/opt/venv/bin/vllm serve --trust-remote-code org/m",
        "vllm serve --port 80 --enable-prefix-caching org/m",
        "python3 -m vllm.entrypoints.openai.api_server --port 80 --model org/m",
        "python -m vllm.entrypoints.openai.api_server --model=org/m --enable-chunked-prefill True",
        "--model org/m",
        "org/m",
    ],
)
def test_the_model_is_found_wherever_it_stands(line: str) -> None:
    assert parsed(line).model == "org/m"


def test_the_name_is_read_out_of_a_hugging_face_cache_folder() -> None:
    found = parsed("vllm serve /hub/models--Qwen--Qwen3-8B/snapshots/abc --served-model-name a b")
    assert found.names[1:] == ("Qwen/Qwen3-8B", "abc", "a", "b")


def test_dtype_and_quantization_are_told_apart() -> None:
    found = parsed("vllm serve m --dtype half --quantization awq")
    assert (found.dtype, found.quantized) == ("float16", "int4")
    assert found.warnings == (
        "--quantization awq: the weights are taken as int4, which is assumed",
    )
    assert parsed("vllm serve m --dtype auto").dtype is None
    assert "keep the model's type" in parsed("vllm serve m -q odd").warnings[0]


@pytest.mark.parametrize(
    "flag", ["--enable-lora", "--speculative-config {}", "--cpu-offload-gb 4", "--config a.yaml"]
)
def test_what_changes_memory_and_is_not_modelled_is_warned_of(flag: str) -> None:
    (warning,) = parsed(f"vllm serve m {flag}").warnings
    assert warning.startswith(flag.split(maxsplit=1)[0])


def test_an_ambiguous_abbreviation_is_warned_of_and_not_read() -> None:
    found = parsed("vllm serve m --max-num 3")
    assert not found.serving
    assert found.warnings == ("--max-num is short for several flags, and is not read",)


def test_a_variable_without_a_value_leaves_its_field_open() -> None:
    found = parsed("vllm serve m --tensor-parallel-size $TP")
    assert (found.serving, found.unknown) == ({}, ("tensor_parallel",))
    assert "$TP" in found.warnings[0]


def test_bad_values_are_reported_together_by_their_flags() -> None:
    with pytest.raises(AdapterError) as error:
        parsed("vllm serve m --max-model-len abc --gpu-memory-utilization high --tensor-parallel")
    assert [issue.path for issue in error.value.issues] == [
        "--max-model-len",
        "--gpu-memory-utilization",
        "--tensor-parallel-size",
    ]


SCRIPT = """
# don't stop here
set -e; cd /tmp && export X=1
if true; then
  HF_HOME=/cache exec vllm serve "$MODEL" \\
    --tensor-parallel-size ${TP:-2} --served-model-name 'a b' | tee log  # it's a comment
fi
"""


def test_the_command_is_found_in_a_shell_script() -> None:
    found = command(
        command=["/bin/bash", "-lc"], args=[SCRIPT], env=[{"name": "MODEL", "value": "org/m"}]
    )
    assert found == (
        *("vllm", "serve", "org/m", "--tensor-parallel-size", "2"),
        *("--served-model-name", "a b"),
    )


@pytest.mark.parametrize(
    "fields",
    [
        {"command": ["vllm", "serve", "m"], "args": ["-tp", "2"]},
        {"command": ["sh", "-c", "exec vllm serve m -tp 2"]},
        {"command": ["sh", "-c", "bash -c 'vllm serve m -tp 2'"]},
        {"command": ["tini", "--", "sh", "-c"], "args": ["sleep 1; vllm serve m -tp 2 &"]},
        {"image": "vllm/vllm-openai:v0.9.1", "args": ["m", "-tp", "2"]},
        {"image": "vllm/vllm-openai", "args": ["serve", "m", "-tp", "2"]},
        {"command": ["vllm", "serve", "$(M)", "-tp", "2"], "env": [{"name": "M", "value": "m"}]},
    ],
)
def test_the_command_is_found_in_every_form(fields: dict[str, object]) -> None:
    assert command(**fields) == ("vllm", "serve", "m", "-tp", "2")


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"command": ["sh", "-c"]},
        {"command": ["sh", "-c", "echo 'no end"]},
        {"command": ["python", "serve.py"], "image": "vllm/vllm-openai"},
        {"image": "vllm/vllm-openai"},
        {"image": "nginx", "args": ["--model", "m"]},
    ],
)
def test_other_commands_are_none(fields: dict[str, object]) -> None:
    assert command(**fields) is None


def test_a_variable_from_elsewhere_stays_as_it_is() -> None:
    env = [{"name": "M", "valueFrom": {"fieldRef": {"fieldPath": "x"}}}]
    assert command(command=["vllm", "serve", "$(M)"], env=env) == ("vllm", "serve", "$(M)")
