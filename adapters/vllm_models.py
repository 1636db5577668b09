"""What a container's vLLM command says of a workload: the model, and how it is served."""

from typing import Any

from placement.adapters.documents import Document
from placement.adapters.findings import Findings
from placement.adapters.pods import PodSpec
from placement.adapters.shell import vllm_command
from placement.adapters.vllm import VllmArguments, parse_command_line
from placement.errors import AdapterError
from placement.memory.models import known_model

__all__ = ["served_fields"]

_UNQUANTISED = {"float16", "bfloat16", "float32"}


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
    Without a flag for it, ``tensor_parallel`` is 1, as vLLM starts then. ``max_num_seqs`` stays
    unset even with its flag: to vLLM it is how many requests are admitted, not how many must be
    held at full length.
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
        return _fields(arguments), arguments, at
    return {}, None, path


def _fields(arguments: VllmArguments) -> dict[str, Any]:
    serving = {k: v for k, v in arguments.serving.items() if k != "max_num_seqs"}
    if "tensor_parallel" not in arguments.unknown:
        serving.setdefault("tensor_parallel", 1)
    fields: dict[str, Any] = {"serving": serving}
    found = next(filter(None, map(known_model, arguments.names)), None)
    if found is not None:
        model = found.model_dump(exclude_none=True)
        if arguments.dtype:
            model["dtype"] = arguments.dtype if found.dtype in _UNQUANTISED else found.dtype
        if arguments.quantized and found.dtype in _UNQUANTISED:
            model["dtype"] = arguments.quantized
        fields["model"] = model
    return fields
