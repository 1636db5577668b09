"""Options of ``placement fit``: vLLM's flags, which GPUs, and how the answer is shown."""

from collections.abc import Sequence
from typing import Annotated

import typer

__all__ = [
    "Bars",
    "Choice",
    "Concurrency",
    "Draft",
    "Dtype",
    "Eager",
    "GpuNames",
    "Json",
    "KvDtype",
    "Lora",
    "LoraRank",
    "Loras",
    "MaxLen",
    "MaxSeqs",
    "MaxTokens",
    "Models",
    "Nodes",
    "Plot",
    "Pp",
    "Quantization",
    "TextOnly",
    "Total",
    "Tp",
    "Utilization",
    "Version",
]


def _flag(
    name: str, also: Sequence[str] = (), *, metavar: str, text: str
) -> typer.models.OptionInfo:
    option: typer.models.OptionInfo = typer.Option(name, *also, metavar=metavar, help=text)
    return option


Models = Annotated[
    list[str],
    typer.Argument(
        metavar="MODEL",
        help="A folder with config.json, such a file, a GGUF file, a name in the built-in table, "
        "or a size such as 8B; or, after --, a whole command: vllm serve MODEL --flags.",
        show_default=False,
    ),
]
GpuNames = Annotated[
    list[str] | None,
    _flag(
        "--gpu",
        metavar="NAME",
        text="A card, such as A10 or H100; may be repeated. Default: all that vLLM runs on.",
    ),
]
Total = Annotated[
    float | None,
    _flag(
        "--gpu-total-gib",
        metavar="F",
        text="Memory per GPU that CUDA reports, in GiB, in place of the table's.",
    ),
]
Nodes = Annotated[
    int, _flag("--nodes", metavar="N", text="Nodes of 8 GPUs that a replica may span.")
]
Choice = Annotated[
    str | None,
    _flag(
        "--parallel-choice",
        metavar="WHICH",
        text="smallest: the fewest GPUs that fit; cheapest: the fewest GPUs for each request held. "
        "Default: smallest; after -- one GPU, as vLLM starts.",
    ),
]
Concurrency = Annotated[
    int,
    _flag("--concurrency", metavar="N", text="Requests of full length to hold at once."),
]
Tp = Annotated[
    str | None,
    _flag(
        "--tensor-parallel",
        ("--tensor-parallel-size", "-tp"),
        metavar="N",
        text="GPUs that share each layer; default: see --parallel-choice, up to 8.",
    ),
]
Pp = Annotated[
    str | None,
    _flag(
        "--pipeline-parallel",
        ("--pipeline-parallel-size", "-pp"),
        metavar="N",
        text="Stages of layers, each on its own GPUs; default 1.",
    ),
]
MaxLen = Annotated[
    str | None,
    _flag(
        "--max-model-len",
        metavar="N",
        text="Tokens of one request, such as 8192 or 8k; default: all that the model allows.",
    ),
]
MaxSeqs = Annotated[
    str | None,
    _flag(
        "--max-num-seqs",
        metavar="N",
        text="Requests that may run at once; default: vLLM's own for the GPU, 256 or 1024.",
    ),
]
MaxTokens = Annotated[
    str | None,
    _flag(
        "--max-num-batched-tokens",
        metavar="N",
        text="Tokens of one step; default: vLLM's own for the GPU, 2048 or 8192.",
    ),
]
Utilization = Annotated[
    str | None,
    _flag(
        "--gpu-memory-utilization",
        metavar="F",
        text="Share of the GPU for vLLM; default: its own, 0.92, and 0.9 before 0.22.",
    ),
]
Dtype = Annotated[
    str | None, _flag("--dtype", metavar="D", text="Of the weights: float16, bfloat16, float32.")
]
Quantization = Annotated[
    str | None,
    _flag(
        "--quantization",
        ("-q",),
        metavar="Q",
        text="Method, such as fp8, awq, gptq, bitsandbytes; or the type: fp8, int8, int4, nvfp4, "
        "mxfp4, nf4. What is quantised already stays so.",
    ),
]
KvDtype = Annotated[
    str | None, _flag("--kv-cache-dtype", metavar="D", text="auto, float16, bfloat16 or fp8.")
]
Eager = Annotated[bool, typer.Option("--enforce-eager", help="No CUDA graphs.")]
Lora = Annotated[
    bool,
    typer.Option("--enable-lora", help="Buffers for LoRA adapters; one of rank 16 by default."),
]
Loras = Annotated[
    str | None, _flag("--max-loras", metavar="N", text="Adapters at once, with --enable-lora.")
]
LoraRank = Annotated[
    str | None, _flag("--max-lora-rank", metavar="N", text="Largest rank, with --enable-lora.")
]
Draft = Annotated[
    str | None,
    _flag(
        "--speculative-config",
        metavar="JSON",
        text='Speculative decoding: {"model": "Qwen/Qwen3-0.6B", "num_speculative_tokens": 5}.',
    ),
]
TextOnly = Annotated[
    bool, typer.Option("--language-model-only", help="No pictures: no memory is set aside for any.")
]
Version = Annotated[
    str | None,
    _flag(
        "--engine-version",
        metavar="V",
        text="Of vLLM, such as 0.19.1; default: the newest that was measured.",
    ),
]
Bars = Annotated[
    bool | None,
    typer.Option(
        "--bars/--no-bars", help="A bar for every GPU; default: on a terminal.", show_default=False
    ),
]
Plot = Annotated[
    str | None,
    _flag(
        "--plot",
        metavar="FILE",
        text="Draw the bars into a file: .png, .svg or .pdf; needs placement[plot].",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print a list, an object per model and GPU.")]
