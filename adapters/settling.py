"""What only the whole input can settle about a workload that came from a manifest."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from placement.adapters.findings import Findings
from placement.adapters.manifests import Manifest
from placement.adapters.pieces import Item
from placement.adapters.spanning import settle_spanning, spans_nodes
from placement.adapters.vllm import VllmArguments

__all__ = ["Catalog", "catalog_of", "settled"]

_EPHEMERAL = "ephemeral-storage"
_GPU = "nvidia.com/gpu"


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalog:
    """What the problem documents know of nodes.

    Parameters
    ----------
    types
        Names of the instance types.
    gpu_resources
        Names under which Kubernetes counts their GPUs.
    resources
        Every resource that some type or node has.
    providers
        The providers of types, by the type's name.
    """

    types: frozenset[str]
    gpu_resources: frozenset[str]
    resources: frozenset[str]
    providers: Mapping[str, str]


def catalog_of(types: Iterable[object], clusters: Iterable[object]) -> Catalog:
    """Return what instance types and nodes state, as far as they are well formed."""
    kinds = [kind for kind in types if isinstance(kind, Mapping)]
    names = {str(kind.get("name")): kind for kind in kinds}
    gpus = {_member(kind.get("gpu"), "resource") or _GPU for kind in kinds if kind.get("gpu")}
    nodes = [
        node
        for cluster in clusters
        if isinstance(cluster, Mapping) and isinstance(cluster.get("nodes"), list)
        for node in cluster["nodes"]
    ]
    resources = {
        str(resource)
        for holder in (*kinds, *nodes)
        for name in ("allocatable", "free")
        for resource in _members(_member(holder, name))
    }
    return Catalog(
        types=frozenset(names),
        gpu_resources=frozenset(map(str, gpus | {_GPU})),
        resources=frozenset(resources),
        providers={
            name: kind["provider"]
            for name, kind in names.items()
            if isinstance(kind.get("provider"), str)
        },
    )


def settled(manifest: Manifest, item: Item, catalog: Catalog, findings: Findings) -> Item:
    """Return a workload with what cannot be judged or met left out, each with a warning."""
    values: dict[str, Any] = dict(item.values) if isinstance(item.values, Mapping) else {}
    stated = item.overlaid
    if manifest.arguments is not None:
        for warning in manifest.arguments.warnings:
            findings.warn(f"{manifest.key}: {warning}")
    if spans_nodes(values):
        settle_spanning(values, item, manifest, catalog.gpu_resources, findings)
    elif manifest.arguments is not None:
        _settle_model(values, stated, manifest, catalog, findings)
    _settle_storage(values, manifest, catalog, findings)
    _settle_types(values, manifest, catalog, findings)
    return Item(values=values, pieces=item.pieces)


def _settle_model(
    values: dict[str, Any],
    stated: Iterable[str],
    manifest: Manifest,
    catalog: Catalog,
    findings: Findings,
) -> None:
    key, arguments = manifest.key, manifest.arguments or VllmArguments()
    model = values.get("model")
    if model is None:
        findings.warn(
            f"{key}: the model {arguments.model or '(none named)'!r} is not in the built-in table, "
            "so GPUs count as asked for and memory fit is not judged; state `model` for this "
            "workload in a problem document"
        )
        return
    if "model" not in stated and str(model.get("name")).lower() != (arguments.model or "").lower():
        findings.warn(f"{key}: its model {arguments.model!r} is taken to be {model.get('name')}")
    if "serving" not in stated and (reason := _mismatch(values, arguments, catalog)):
        del values["model"]
        findings.warn(f"{key}: {reason}, so GPUs count as asked for and memory fit is not judged")


def _mismatch(values: Mapping[str, Any], arguments: VllmArguments, catalog: Catalog) -> str | None:
    """Return why the GPUs asked for are not those that the command uses, or None."""
    if arguments.data_parallel > 1:
        return f"--data-parallel-size {arguments.data_parallel} is not modelled"
    requests = values.get("requests")
    named = sorted(catalog.gpu_resources.intersection(_members(requests)))
    asked = [str(_member(requests, name)) for name in named]
    serving = arguments.serving
    if not asked or {"tensor_parallel", "pipeline_parallel"} & set(arguments.unknown):
        return None
    degrees = [serving.get(name, 1) for name in ("tensor_parallel", "pipeline_parallel")]
    used = math.prod(degree for degree in degrees if isinstance(degree, int))
    if asked != [str(used)]:
        return f"the pod asks for {', '.join(asked)} GPUs and vLLM uses {used}"
    return None


def _settle_storage(
    values: dict[str, Any], manifest: Manifest, catalog: Catalog, findings: Findings
) -> None:
    """Leave out local storage where no node states any: it would rule out every node."""
    requests = values.get("requests")
    if not isinstance(requests, Mapping):
        return
    if _EPHEMERAL in requests and _EPHEMERAL not in catalog.resources:
        values["requests"] = {
            name: amount for name, amount in requests.items() if name != _EPHEMERAL
        }
        findings.warn(
            f"{manifest.key}: its {_EPHEMERAL} is not counted, as no instance type or node states "
            "any"
        )


def _settle_types(
    values: dict[str, Any], manifest: Manifest, catalog: Catalog, findings: Findings
) -> None:
    """Leave out instance types of node affinity that the input does not have."""
    asked = manifest.piece.fields.get("instance_types")
    taken_over = values.get("instance_types") is asked
    if not taken_over or not isinstance(asked, Mapping):
        return
    kept: dict[str, list[str]] = {
        field: [name for name in names if name in catalog.types] for field, names in asked.items()
    }
    if asked.get("allow") and not kept["allow"]:
        return  # nothing is left to run on: the problem's own check names each of them
    values["instance_types"] = kept
    unknown = {name for names in asked.values() for name in names} - catalog.types
    for name in sorted(unknown):
        findings.warn(
            f"{manifest.key}: its node affinity names {name!r}, which is no instance type of the "
            "input"
        )


def _member(value: object, name: str) -> object:
    return value.get(name) if isinstance(value, Mapping) else None


def _members(value: object) -> Iterable[object]:
    return value if isinstance(value, Mapping) else ()
