"""Karmada's Cluster objects to clusters of a problem: where a cluster is, not what is free in it.

Its ``status.resourceSummary`` is a sum over nodes. A sum cannot be packed: two nodes with half a
GPU's memory free each hold no replica that needs a whole one. So free room comes only from the
nodes that a problem document lists.

Source: Karmada ``pkg/apis/cluster/v1alpha1/types.go`` (v1.18).
"""

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from placement.adapters.documents import Document
from placement.adapters.findings import Findings
from placement.adapters.pieces import Item, Piece, overlaid
from placement.adapters.wire import Metadata, Wire, read_wire
from placement.errors import show

__all__ = ["is_cluster", "merged_cluster", "read_cluster"]

_GROUP = "cluster.karmada.io"
_WHERE = {
    "name": "metadata.name",
    "labels": "metadata.labels",
    "provider": "spec.provider",
    "region": "spec.region",
    "zones": "spec.zones",
    "taints": "spec.taints",
}


class _Taint(Wire):
    key: str
    value: str = ""
    effect: str


class _Spec(Wire):
    provider: str = ""
    region: str = ""
    zone: str = ""
    zones: list[str] = Field(default_factory=list)
    taints: list[_Taint] = Field(default_factory=list)


class _Cluster(Wire):
    metadata: Metadata
    spec: _Spec = _Spec()


def is_cluster(document: Document) -> bool:
    """Return whether a document is a Cluster of Karmada's."""
    return (document.group, document.kind) == (_GROUP, "Cluster")


def read_cluster(document: Document, findings: Findings) -> Piece | None:
    """Return what a Cluster object says: name, labels, provider, region, zones and taints."""
    found = read_wire(_Cluster, document, findings)
    if found is None:
        return None
    spec = found.spec
    fields: dict[str, Any] = {"name": found.metadata.name}
    stated = {
        "labels": found.metadata.labels,
        "provider": spec.provider,
        "region": spec.region,
        "zones": spec.zones or ([spec.zone] if spec.zone else []),
        "taints": [taint.model_dump() for taint in spec.taints],
    }
    fields.update({name: value for name, value in stated.items() if value})
    return Piece(document=document, values=fields, where=_WHERE)


def merged_cluster(stated: Piece, listed: Piece | None, findings: Findings) -> Item:
    """Return a Cluster object together with the problem document's cluster of the same name.

    Node pools, nodes and limits come from the problem document; labels are joined, and so are
    taints; region and provider must agree.

    Parameters
    ----------
    stated
        The Cluster object.
    listed
        The problem document's cluster, if one has this name.
    """
    if listed is None:
        findings.warn(
            f"cluster {stated.fields['name']}: no problem document lists its node pools or nodes, "
            "so nothing can be placed there (a Cluster's resource summary cannot be packed)"
        )
        return Item.of(stated)
    for name in ("region", "provider"):
        here, there = listed.fields.get(name), stated.fields.get(name)
        if here is not None and there is not None and here != there:
            rule = f"must agree with the Cluster in {stated.document.source}, which has {there!r}"
            path = listed.where.get(name, f"{listed.path}.{name}")
            findings.refuse(listed.document, path, rule, show(here))
    return overlaid(stated, _with_taints(stated, listed))


def _with_taints(stated: Piece, listed: Piece) -> Piece:
    """Return the problem document's cluster with the Cluster object's taints before its own."""
    own, theirs = listed.fields.get("taints"), stated.fields.get("taints")
    if not isinstance(own, list) or not isinstance(theirs, list):
        return listed
    taints = [*theirs, *(taint for taint in own if taint not in theirs)]
    values: Mapping[str, object] = {**listed.fields, "taints": taints}
    return Piece(document=listed.document, path=listed.path, values=values, where=listed.where)
