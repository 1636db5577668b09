"""``placement fit`` takes a vLLM command as people paste it."""

import json
import shlex
from typing import Any

import pytest

from tests.cli_command import command

FLAGS = "Qwen/Qwen3-8B --max-model-len 8192"
IMAGE = "vllm/vllm-openai:v0.11.0"


def asked(*words: str) -> dict[str, Any]:
    """Return the only answer to a command on an L4."""
    ended = command("fit", "--json", "--gpu", "L4", "--", *words)
    assert (ended.code, ended.err) == (0, "")
    (row,) = json.loads(ended.out)
    found: dict[str, Any] = row
    return found


@pytest.mark.parametrize(
    "line",
    [
        f"vllm serve {FLAGS}",
        f"sh -c 'vllm serve {FLAGS}'",
        f"VLLM_USE_V1=1 vllm serve {FLAGS} 2>&1 | tee log",
        f"cd /models && exec vllm serve {FLAGS} --port ${{PORT:-80}}",
        f"vllm serve \\\n  {FLAGS}",
        f"docker run --rm vllm/vllm-openai:latest --model {FLAGS}",
        f"sudo podman run -it --entrypoint vllm docker.io/vllm/vllm-openai serve {FLAGS}",
    ],
)
def test_a_command_in_one_string_is_read_whatever_stands_around_it(line: str) -> None:
    row = asked(line)
    assert (row["model"], row["max_model_len"]) == ("Qwen/Qwen3-8B", 8192)
    assert (row["tensor_parallel"], row["engine"]) == (1, "vLLM 0.22 and newer")


@pytest.mark.parametrize(
    "line",
    [
        f"docker run --gpus all -e TOKEN=x --name vllm -v /vllm:/root {IMAGE} --model {FLAGS}",
        f"docker container run -d --name=vllm --ipc=host {IMAGE} {FLAGS}",
        f"docker run -it --gpus all --entrypoint sh {IMAGE} -c 'vllm serve {FLAGS}'",
    ],
)
def test_what_a_container_runs_is_read_with_the_version_of_its_image(line: str) -> None:
    for words in (shlex.split(line), [line]):
        row = asked(*words)
        assert (row["model"], row["max_model_len"]) == ("Qwen/Qwen3-8B", 8192)
        assert row["engine"] == "vLLM 0.11 to 0.16"


def test_a_version_that_is_given_is_taken_before_that_of_the_image() -> None:
    version = ("--engine-version", "0.19.1")
    words = ["docker", "run", IMAGE, *shlex.split(FLAGS)]
    ended = command("fit", "--json", "--gpu", "L4", *version, "--", *words)
    assert json.loads(ended.out)[0]["engine"] == "vLLM 0.18 and 0.19"
