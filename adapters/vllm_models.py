"""What a container's vLLM command says of a workload: the model, and how it is served."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from placement.adapters.documents import Document
from placement.adapters.findings import Findings
from placement.adapters.pods import PodSpec
from placement.adapters.shell import vllm_command
from placement.adapters.vllm import VllmArguments, parse_command_line
from placement.adapters.vllm_quantization import AS_STORED, UNQUANTISED
from placement.errors import AdapterError
from placement.memory.engine import engine_of
from placement.memory.variants import known_variant
from placement.problem.model import Model

OLDEST = "0.11.0"  # the first version whose constants are held against start-ups

__all__ = ["as_served", "engine_version", "served_fields"]

_TAG = re.compile(r"v?([0-9](?:\.[0-9]{1,4}){1,3})(?![0-9])")
_OTHERS = ("lmcache/", "rocm/")  # their images of vLLM have tags of another product's versions


def served_fields(
    spec: PodSpec, document: Document, path: str, findings: Findings
) -> tuple[dict[str, Any], VllmArguments | None, str]:
    """Return the fields ``model`` and ``serving``, the arguments, and where they stand.

    Parameters
    ----------
    path
        Of the pod's specification in the document.

    Notes
    -----
    Without a flag for it, ``tensor_parallel`` is 1, as vLLM starts then. ``max_num_seqs`` is how
    many requests the engine admits, not how many must be held at full length: beside it stands a
    ``concurrency`` of 1. The engine's version is that of the image, where memory of such a version
    was ever measured: an older one would leave every replica at risk.
    """
    for position, container in enumerate(spec.containers):
        words = vllm_command(container)
        if words is None:
            continue
        at = f"{path}.containers[{position}].{'args' if container.args else 'command'}"
        try:
            arguments = parse_command_line(words)
        except AdapterError as error:
            for issue in error.issues:
                findings.refuse(document, at, f"{issue.path} {issue.rule}", issue.value)
            return {}, None, at
        fields, notes = _fields(arguments, engine_version(container.image))
        return fields, replace(arguments, warnings=(*arguments.warnings, *notes)), at
    return {}, None, path


def engine_version(image: str) -> str | None:
    """Return the version of vLLM that a container image's tag names, or None.

    Examples
    --------
    >>> engine_version("vllm/vllm-openai:v0.11.0")
    '0.11.0'

    Notes
    -----
    Only tags of images whose own name holds ``vllm`` are versions of it, and only those of one
    digit before the first dot: NVIDIA numbers its images by year and month (``25.09-py3``).
    """
    path, _, tag = image.partition("@")[0].rpartition(":")
    if "vllm" not in path.rpartition("/")[2].lower() or any(one in path for one in _OTHERS):
        return None
    match = _TAG.match(tag)
    return match[1] if match else None


def as_served(model: Model, arguments: VllmArguments) -> tuple[Model, tuple[str, ...]]:
    """Return a model with its weights as the command line has them, and what was assumed for it.

    What is quantised already stays so, whatever ``--dtype`` and ``--quantization`` say.
    """
    changes: dict[str, object] = {}
    notes: tuple[str, ...] = ()
    if arguments.text_only:
        changes["vision_parameters"] = 0  # the tower's weights are loaded all the same
    if model.dtype in UNQUANTISED:
        dtype = arguments.quantized or arguments.dtype or model.dtype
        if arguments.quantized:
            taken = f"are taken as {dtype}, which is assumed"
            notes = (f"--quantization {arguments.quantization}: the weights {taken}",)
        elif arguments.quantization in AS_STORED:
            text = "the model's files do not say its width: the weights keep their type"
            notes = (f"--quantization {arguments.quantization}: {text}, which is assumed",)
        if dtype != model.dtype:
            changes["dtype"] = dtype
            if {dtype, model.dtype} != {"float16", "bfloat16"}:
                changes["weight_bytes"] = None  # they are other bytes than the files hold
    else:
        notes = tuple(_unheeded(model, arguments))
    return model.model_copy(update=changes), notes


def _unheeded(model: Model, arguments: VllmArguments) -> Iterator[str]:
    """Yield what the command asks of a quantised model's weights that they are not."""
    stay = f"the weights are {model.dtype} as they are stored, and are sized so"
    if arguments.quantized not in {None, model.dtype}:
        yield f"--quantization {arguments.quantization}: {stay}"
    if arguments.dtype == "float32":
        yield f"--dtype float32: {stay}"


def _fields(
    arguments: VllmArguments, version: str | None
) -> tuple[dict[str, Any], tuple[str, ...]]:
    serving = dict(arguments.serving)
    if "tensor_parallel" not in arguments.unknown:
        serving.setdefault("tensor_parallel", 1)
    if "max_num_seqs" in serving:
        serving["concurrency"] = 1
    notes: list[str] = []
    if version and engine_of(version).modelled:
        serving["engine_version"] = version
    elif version:
        serving["engine_version"] = OLDEST
        text = f"older than any that memory was measured with: it is sized as {OLDEST}"
        notes.append(f"its image's vLLM {version} is {text}, unless serving.engine_version is said")
    if arguments.draft:
        _take_draft(serving, arguments.draft, notes)
    fields: dict[str, Any] = {"serving": serving}
    found = next(filter(None, map(known_variant, arguments.names)), None)
    if found is not None:
        known, assumed = found
        model, more = as_served(known, arguments)
        notes += [assumed, *more] if assumed else more
        fields["model"] = model.model_dump(exclude_none=True)
    return fields, tuple(notes)


def _take_draft(serving: dict[str, Any], draft: str, notes: list[str]) -> None:
    names = VllmArguments(model=draft).names
    found = next(filter(None, map(known_variant, names)), None)
    if found is None:
        text = f"the model {draft!r} is not in the built-in table: its memory is not counted"
        notes.append(f"--speculative-config: {text}; state serving.draft in a problem document")
    else:
        model, assumed = found
        notes += [assumed] if assumed else []
        serving["draft"] = model.model_dump(exclude_none=True)
