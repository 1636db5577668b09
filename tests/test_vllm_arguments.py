"""vLLM's command line: found in containers, read as vLLM reads it."""

import pytest

from placement.adapters.pods import Container
from placement.adapters.shell import vllm_command
from placement.adapters.vllm import VllmArguments, parse_command_line
from placement.adapters.vllm_models import as_served, engine_version
from placement.errors import AdapterError
from placement.problem import Model

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
    assert (found.dtype, found.quantized, found.warnings) == ("float16", "int4", ())
    assert parsed("vllm serve m --dtype auto").dtype is None
    assert "keep the model's type" in parsed("vllm serve m -q odd").warnings[0]


@pytest.mark.parametrize(
    ("method", "dtype"),
    [
        *(("fp8", "fp8"), ("modelopt_fp4", "nvfp4"), ("mxfp4", "mxfp4"), ("bitsandbytes", "nf4")),
        *(("gptq-marlin", "int4"), ("AWQ", "int4"), ("experts_int8", "int8")),
        *(("compressed-tensors", None), ("gguf", None), ("none", None)),
    ],
)
def test_methods_of_quantization_imply_a_type(method: str, dtype: str | None) -> None:
    found = parsed(f"vllm serve m --quantization {method}")
    assert (found.quantized, found.warnings) == (dtype, ())


def test_a_model_is_narrowed_by_quantization_unless_it_is_narrow_already() -> None:
    wide = Model(parameters=10**9, weight_bytes=2 * 10**9)
    narrow = Model(parameters=10**9, dtype="fp8", weight_bytes=10**9)
    arguments = parsed("vllm serve m -q awq --dtype bfloat16")
    served, notes = as_served(wide, arguments)
    assert (served.dtype, served.weight_bytes) == ("int4", None)
    assert notes == ("--quantization awq: the weights are taken as int4, which is assumed",)
    assert as_served(narrow, arguments)[0] == narrow
    half, notes = as_served(wide, parsed("vllm serve m --dtype bfloat16"))
    assert (half.dtype, half.weight_bytes, notes) == ("bfloat16", 2 * 10**9, ())


@pytest.mark.parametrize(
    ("flags", "loras"),
    [
        ("--max-loras 4 --max-lora-rank 64", {}),
        ("--enable-lora", {"max_loras": 1}),
        ("--enable-lora --max-loras=4 --max-lora-rank 64", {"max_loras": 4, "max_lora_rank": 64}),
        ("--enable-lora --max-loras 4 --no-enable-lora", {}),
    ],
)
def test_adapters_are_loaded_only_where_they_are_enabled(
    flags: str, loras: dict[str, object]
) -> None:
    found = parsed(f"vllm serve m {flags}")
    assert found.serving == loras


DRAFT = '{"model": "org/small", "num_speculative_tokens": 5}'


@pytest.mark.parametrize(
    "words",
    [
        ["--speculative-config", DRAFT],
        [f"--speculative_config={DRAFT}"],
        ["-sc.model", "org/small", "-sc.num-speculative-tokens=5"],
        ["--speculative-config.model=org/small", "--speculative-config.num_speculative_tokens=5"],
        ["--speculative-model", "org/small", "--num-speculative-tokens", "5"],
    ],
)
def test_the_model_that_drafts_is_found_in_every_spelling(words: list[str]) -> None:
    found = parse_command_line(["vllm", "serve", "m", *words])
    assert (found.draft, found.serving) == ("org/small", {"speculative_tokens": 5})
    assert not found.warnings


@pytest.mark.parametrize(
    ("config", "warned"),
    [
        ("{}", False),
        ('{"method":"ngram","num_speculative_tokens":4}', False),
        ('{"model":"[ngram]","num_speculative_tokens":4}', False),
        ('{"method":"eagle3","model":"org/head"}', True),
        ('{"model":"yuhuili/EAGLE-LLaMA3-Instruct-8B"}', True),
        ('{"method":"deepseek_mtp","num_speculative_tokens":1}', True),
        ('{"method":"new","model":"org/m"}', True),
    ],
)
def test_what_drafts_without_a_model_of_its_own_is_no_draft(config: str, warned: bool) -> None:
    found = parse_command_line(["m", "--speculative-config", config])
    assert (found.draft, found.serving) == (None, {})
    assert bool(found.warnings) == warned
    assert all(text.startswith("--speculative-config: the ") for text in found.warnings)


@pytest.mark.parametrize(
    "config",
    [
        *("[1]", "text", '{"model": 3}', '{"model": "m", "num_speculative_tokens": "5"}'),
        *('{"method": "draft_model"}', "[" * 99_999, f'{{"model": "{"m" * 200_000}"}}'),
    ],
    ids=range(7),
)
def test_a_speculative_config_that_is_none_is_refused_by_its_flag(config: str) -> None:
    with pytest.raises(AdapterError) as error:
        parse_command_line(["m", "--speculative-config", config])
    assert [issue.path for issue in error.value.issues] == ["--speculative-config"]


@pytest.mark.parametrize(
    ("flags", "text_only"),
    [
        ("", False),
        ("--language-model-only", True),
        ('--limit-mm-per-prompt {"image":0,"video":0}', True),
        ('--limit-mm-per-prompt {"image":{"count":0},"video":{"count":0}}', True),
        ("--limit-mm-per-prompt image=0,video=0", True),
        ("--limit-mm-per-prompt.image 0 --limit-mm-per-prompt.video 0", True),
        ('--limit-mm-per-prompt {"image":0}', False),
        ("--limit-mm-per-prompt image=2", False),
    ],
)
def test_pictures_are_ruled_out_by_naming_every_kind(flags: str, text_only: bool) -> None:
    found = parsed(f"vllm serve m {flags}")
    assert found.text_only == text_only
    assert bool(found.warnings) == ("limit-mm" in flags and not text_only)


def test_without_pictures_the_tower_is_loaded_all_the_same() -> None:
    model = Model(parameters=10**9, vision_parameters=10**8)
    served, _ = as_served(model, parsed("m --language-model-only"))
    assert (served.vision_parameters, served.parameters) == (0, 10**9)


@pytest.mark.parametrize(
    ("image", "version"),
    [
        ("vllm/vllm-openai:v0.11.0", "0.11.0"),
        ("registry.example:5000/kube/vllm-openai:v0.8.5.post1", "0.8.5"),
        ("vllm/vllm-openai:v0.19.1rc2@sha256:0f", "0.19.1"),
        ("example.com/vllm:0.12-gpu-py312", "0.12"),
        *((f"vllm/vllm-openai{tag}", None) for tag in ("", ":latest", ":nightly", "@sha256:0f")),
        ("nvcr.io/nvidia/vllm:25.09-py3", None),
        ("lmcache/vllm-openai:v0.3.9", None),
        ("registry.example:5000/vllm-openai", None),
        ("ghcr.io/llm-d/llm-d:v0.3.0", None),
    ],
)
def test_the_version_is_that_of_an_image_of_vllm(image: str, version: str | None) -> None:
    assert engine_version(image) == version


@pytest.mark.parametrize(
    "flag",
    [
        *("--cpu-offload-gb 4", "--config a.yaml", "--kv-cache-memory-bytes 9", "-cc.level 3"),
        *("--num-gpu-blocks-override 9", "--enable-expert-parallel", "-dcp 2"),
    ],
)
def test_what_changes_memory_and_is_not_modelled_is_warned_of(flag: str) -> None:
    (warning,) = parsed(f"vllm serve m {flag}").warnings
    assert warning.startswith("--")
    assert "count" in warning or "seen" in warning or "sized" in warning


def test_a_context_that_vllm_chooses_is_said_to_be_sized_in_full() -> None:
    found = parsed("vllm serve m --max-model-len auto")
    assert found.serving == {}
    assert "takes the longest that fits" in found.warnings[0]


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


@pytest.mark.parametrize(
    ("flags", "warning"),
    [
        ("--max-model-lne 8192", "--max-model-lne: is no flag that is known here; was --max-model"),
        ("--gpu_memory_utilisation 0.9", "was --gpu-memory-utilization meant?"),
        ("--enable-loras", "was --enable-lora meant?"),
        ("--max-loras 4", "--max-loras: no adapters are counted, as --enable-lora is not given"),
        ("--max-lora-rank 64", "--max-lora-rank: no adapters are counted, as --enable-lora is"),
    ],
)
def test_a_flag_that_is_not_heeded_is_said(flags: str, warning: str) -> None:
    (said,) = parsed(f"vllm serve m {flags}").warnings
    assert warning in said


@pytest.mark.parametrize(
    "flag",
    [
        *("max-cpu-loras", "enable-lora-bias", "max-num-scheduled-tokens", "ec-transfer-config"),
        *("kv-cache-dtype-skip-layers", "max-long-partial-prefills", "weight-transfer-config"),
    ],
)
def test_a_flag_of_its_own_is_not_taken_for_a_misspelling(flag: str) -> None:
    assert not parsed(f"vllm serve m --{flag} 1").warnings


@pytest.mark.parametrize(
    ("flags", "notes"),
    [
        ("--quantization awq --dtype half", ["--quantization awq"]),
        ("--quantization fp8 --dtype bfloat16", []),
        ("--dtype float32", ["--dtype float32"]),
    ],
)
def test_what_is_asked_of_quantised_weights_that_they_are_not_is_said(
    flags: str, notes: list[str]
) -> None:
    served, said = as_served(Model(parameters=10**9, dtype="fp8"), parsed(f"vllm serve m {flags}"))
    assert served.dtype == "fp8"
    assert [each.partition(":")[0] for each in said] == notes
