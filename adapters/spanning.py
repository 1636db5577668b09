"""A model served over several nodes: what is left out of the workload, and what is checked of it.

The memory room sizes the GPUs of one node, so a model whose stages or shards lie on several nodes
is not judged; that it is not is said, and so is a number of GPUs that its command does not use.
"""

import math
from collections.abc import Mapping
from typing import Any

from placement.adapters.binding_replicas import has_pods_as_replicas
from placement.adapters.findings import Findings
from placement.adapters.manifests import Manifest
from placement.adapters.pieces import Item
from placement.adapters.vllm import VllmArguments
from placement.errors import Issue, show

__all__ = ["settle_spanning", "spans_nodes"]

_DEGREES = ("tensor_parallel", "pipeline_parallel")


def spans_nodes(values: Mapping[str, object]) -> bool:
    """Return whether a replica of a workload takes several nodes."""
    nodes = values.get("nodes_per_replica")
    return isinstance(nodes, int) and nodes > 1


def settle_spanning(
    values: dict[str, Any],
    item: Item,
    manifest: Manifest,
    gpu_resources: frozenset[str],
    findings: Findings,
) -> None:
    """Leave out the model and the degrees that the manifest's command states, with a warning.

    What a problem document states stays, with a warning of how it is judged. Several nodes for a
    replica that is a single pod are refused.
    """
    if has_pods_as_replicas(manifest.origin):
        rule = f"must be 1: a replica of a {manifest.origin.kind} is one pod, which has one node"
        issue = Issue(path="", rule=rule, value=show(values["nodes_per_replica"]))
        owner = item.owner("nodes_per_replica", "")
        findings.issues.append(owner.issue("", issue, "nodes_per_replica"))
        return
    key, nodes, arguments = manifest.key, values["nodes_per_replica"], manifest.arguments
    _leave_out_degrees(values, item)
    if "model" in item.overlaid:
        findings.warn(
            f"{key}: its model is judged as if each of the {nodes} nodes of a replica held all of "
            "it; without `model` in the problem document memory fit is not judged"
        )
    else:
        values.pop("model", None)
        if arguments is not None:
            findings.warn(f"{key}: {_not_judged(arguments, nodes)}")
    own = manifest.piece.fields.get("nodes_per_replica") == nodes
    if arguments is not None and own and "requests" not in item.overlaid:
        counts = [manifest.origin.resource_request.get(name, "") for name in gpu_resources]
        asked = sum(int(count) for count in counts if count.isdecimal())
        used = _used(arguments)
        if used is not None and used != asked:
            findings.warn(f"{key}: vLLM uses {used} GPUs and its {nodes} pods ask for {asked}")


def _leave_out_degrees(values: dict[str, Any], item: Item) -> None:
    stated = [piece.fields.get("serving") for piece in item.pieces[1:]]
    kept = {name for serving in stated if isinstance(serving, Mapping) for name in serving}
    serving = values.get("serving")
    if isinstance(serving, Mapping):
        values["serving"] = {
            name: value for name, value in serving.items() if name in kept or name not in _DEGREES
        }


def _not_judged(arguments: VllmArguments, nodes: int) -> str:
    """Return that memory fit is not judged, and what judges it where something does."""
    model = arguments.model or "(none named)"
    text = f"memory fit of {model!r} over {nodes} nodes is not judged, so GPUs count as asked for"
    stages = arguments.serving.get("pipeline_parallel", 1)
    if isinstance(stages, int) and stages % nodes == 0:
        text += f"; `placement fit --nodes {nodes} -- COMMAND` judges it, each stage on one node"
    return text


def _used(arguments: VllmArguments) -> int | None:
    """Return the GPUs that a command uses on all nodes, or None where it does not say."""
    if {*_DEGREES, "data_parallel"} & set(arguments.unknown):
        return None
    degrees = [arguments.serving.get(name, 1) for name in _DEGREES]
    return arguments.data_parallel * math.prod(each for each in degrees if isinstance(each, int))
