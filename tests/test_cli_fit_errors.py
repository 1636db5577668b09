"""What ``placement fit`` refuses: by the flag, with the value and what must hold."""

import pytest

from tests.cli_command import command


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("--engine-version new", "--engine-version: must be a version of vLLM such as 0.19.1 (got"),
        ("--engine-version 0", "--engine-version: must be a version of vLLM such as"),
        ("--nodes 0", "--nodes: must be a whole number from 1 to 1000 (got 0)"),
        ("--concurrency 0", "--concurrency: must be greater than or equal to 1 (got 0)"),
        ("--parallel-choice big", "--parallel-choice: must be one of 'smallest' or 'cheapest'"),
        ("--speculative-config [1]", "--speculative-config: must be a JSON object such as"),
        ('--speculative-config {"model":"a/b"}', "--speculative-config: is no folder"),
        ("--quantization awqq", "did you mean 'awq'? (got 'awqq')"),
        ("--dtype int4", "--dtype: must be one of auto, half,"),
        ("--enable-lora --max-lora-rank 0", "--max-lora-rank: must be greater than or equal to 1"),
        ("--gpu A11", "--gpu: is not in the table of GPUs; state its memory with --gpu-total-gib;"),
        ("--max-model-len 8q", "--max-model-len: must be a whole number such as 8192, 8k or 8K"),
    ],
)
def test_a_bad_option_is_named_with_its_rule(arguments: str, message: str) -> None:
    ended = command("fit", "qwen3-8b", "--gpu", "A10", *arguments.split())
    assert (ended.code, ended.out) == (2, "")
    assert message in ended.err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["vllm", "serve"], "MODEL: is missing: the command names none"),
        (["vllm", "serve", "qwen3-8b", "--gpu=A10"], "--gpu: is an option of placement, not of"),
        (["vllm", "serve", "qwen3-8b", "-tp", "$TP"], "--tensor-parallel: is a variable here"),
        (["vllm serve 'qwen3-8b"], "MODEL: is no command that a shell would take"),
        (["vllm serve"], "MODEL: is missing: the command names none"),
        (["docker", "run", "--rm", "vllm/vllm-openai"], "MODEL: is missing: the command names"),
        (["docker", "run", "x/y", "qwen3-8b"], "MODEL: runs no image whose name holds vllm"),
        (["vllm", "serve", "qwen3-8c"], "did you mean 'Qwen3-8B'?"),
    ],
)
def test_a_bad_command_is_told_by_what_is_wrong_with_it(words: list[str], message: str) -> None:
    ended = command("fit", "--", *words)
    assert (ended.code, ended.out) == (2, "")
    assert message in ended.err


def test_everything_that_is_wrong_is_told_at_once() -> None:
    ended = command("fit", "qwen3-8b", "nothing", "--max-num-seqs", "0", "--engine-version", "x")
    assert ended.err.splitlines()[-1] == "placement: 3 errors"
