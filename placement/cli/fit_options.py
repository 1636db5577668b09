"""Options of ``placement fit``: vLLM's flags, and which GPUs."""

from collections.abc import Sequence
from typing import Annotated

import typer

__all__ = [
    "Dtype",
    "Eager",
    "GpuNames",
    "Json",
    "KvDtype",
    "MaxLen",
    "MaxSeqs",
    "MaxTokens",
    "Models",
    "Pp",
    "Quantization",
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
        help="A folder with config.json, such a file, or a name in the built-in table; or, after "
        "--, a whole command: vllm serve MODEL --flags.",
        show_default=False,
    ),
]
GpuNames = Annotated[
    list[str] | None,
    _flag("--gpu", metavar="NAME", text="A card; may be repeated. Default: all known ones."),
]
Tp = Annotated[
    str | None,
    _flag(
        "--tensor-parallel",
        ("--tensor-parallel-size", "-tp"),
        metavar="N",
        text="GPUs that share each layer; default: the smallest that fits, up to 8.",
    ),
]
Pp = Annotated[
    str | None,
    _flag("--pipeline-parallel", ("--pipeline-parallel-size", "-pp"), metavar="N", text="Stages."),
]
MaxLen = Annotated[
    str | None, _flag("--max-model-len", metavar="N", text="Tokens of one request, such as 8192.")
]
MaxSeqs = Annotated[
    str | None,
    _flag(
        "--max-num-seqs", metavar="N", text="Requests of that length to hold at once; default 1."
    ),
]
MaxTokens = Annotated[
    str | None, _flag("--max-num-batched-tokens", metavar="N", text="Tokens of one step.")
]
Utilization = Annotated[
    str | None,
    _flag("--gpu-memory-utilization", metavar="F", text="Share for the engine; default 0.9."),
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
        text="Method, such as fp8, awq, gptq; or the width: fp8, int8, int4.",
    ),
]
KvDtype = Annotated[
    str | None, _flag("--kv-cache-dtype", metavar="D", text="auto, float16, bfloat16 or fp8.")
]
Eager = Annotated[bool, typer.Option("--enforce-eager", help="No CUDA graphs.")]
Version = Annotated[
    str | None,
    _flag(
        "--engine-version",
        metavar="V",
        text="Of vLLM; others than 0.20 and newer "
        "are not modelled by themselves, which is then said.",
    ),
]
Total = Annotated[
    float | None,
    _flag("--gpu-total-gib", metavar="F", text="Memory per GPU that CUDA reports, in GiB."),
]
Json = Annotated[bool, typer.Option("--json", help="Print a list, an object per model and GPU.")]
