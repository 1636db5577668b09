"""A pod's specification: what one replica asks of a node.

Source: Kubernetes documentation, "Sidecar Containers: resource sharing within containers" and
"Assign Pod-level CPU and memory resources" (v1.34).
"""

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from placement.adapters.documents import Document
from placement.adapters.findings import Findings
from placement.adapters.wire import Wire
from placement.errors import show
from placement.quantity import format_quantity, parse_quantity

__all__ = ["Amounts", "Container", "PodSpec", "larger", "pod_requests", "quantities"]


class _Resources(Wire):
    requests: dict[str, Any] = Field(default_factory=dict)
    limits: dict[str, Any] = Field(default_factory=dict)


class _Variable(Wire):
    name: str
    value: str = ""
    value_from: Any = None


class Container(Wire):
    """A container: its command, its environment and what it asks for."""

    name: str = ""
    image: str = ""
    command: list[str] = Field(default_factory=list)
    args: list[str] = Field(default_factory=list)
    env: list[_Variable] = Field(default_factory=list)
    resources: _Resources = _Resources()
    restart_policy: str = ""
    ports: list[dict[str, Any]] = Field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        """Return the variables whose values the manifest states."""
        return {one.name: one.value for one in self.env if one.value_from is None}


class PodSpec(Wire):
    """The parts of a pod that say where it can run."""

    containers: list[Container] = Field(min_length=1)
    init_containers: list[Container] = Field(default_factory=list)
    overhead: dict[str, Any] = Field(default_factory=dict)
    resources: _Resources = _Resources()
    resource_claims: list[Any] = Field(default_factory=list)
    node_selector: dict[str, str] = Field(default_factory=dict)
    node_name: str = ""
    tolerations: list[dict[str, Any]] = Field(default_factory=list)
    affinity: dict[str, dict[str, Any] | None] = Field(default_factory=dict)
    topology_spread_constraints: list[dict[str, Any]] = Field(default_factory=list)
    priority_class_name: str = ""
    host_network: bool = False

    def knowing(self, name: str, value: str) -> "PodSpec":
        """Return the pod with a variable in the environment of its containers, before theirs."""
        given = _Variable(name=name, value=value)
        containers = [one.model_copy(update={"env": [given, *one.env]}) for one in self.containers]
        return self.model_copy(update={"containers": containers})


Amounts = dict[str, int]
"""By resource, in base units."""


class _Reader:
    """Reads quantities below one path of a document."""

    def __init__(self, document: Document, path: str, findings: Findings) -> None:
        self._document, self._path, self._findings = document, path, findings

    def container(self, resources: _Resources, path: str) -> Amounts:
        """Return requests, and for each resource without one its limit, as Kubernetes does."""
        limits = {
            name: amount
            for name, amount in resources.limits.items()
            if name not in resources.requests
        }
        return {
            **self.amounts(limits, f"{path}resources.limits"),
            **self.amounts(resources.requests, f"{path}resources.requests"),
        }

    def amounts(self, quantities: Mapping[str, object], path: str) -> Amounts:
        found: Amounts = {}
        for name, quantity in quantities.items():
            try:
                found[name] = parse_quantity(quantity, name)
                if "/" in name and found[name] != parse_quantity(quantity, name, round_up=False):
                    raise ValueError("must be a whole number: Kubernetes gives out no part of one")
            except ValueError as error:
                at = f"{self._path}.{path}.{name}"
                self._findings.refuse(self._document, at, str(error), show(quantity))
        return found


def pod_requests(spec: PodSpec, document: Document, path: str, findings: Findings) -> Amounts:
    """Return what one pod asks for.

    The larger of what runs at once after the start (containers and sidecars) and of what each init
    container needs beside the sidecars begun before it; requests stated for the pod as a whole
    come in their place; then the overhead is added.

    Parameters
    ----------
    path
        Of the pod's specification in the document.
    """
    reader = _Reader(document, path, findings)
    running: Amounts = {}
    for position, one in enumerate(spec.containers):
        running = _sum(running, reader.container(one.resources, f"containers[{position}]."))
    sidecars: Amounts = {}
    starting: Amounts = {}
    for position, one in enumerate(spec.init_containers):
        needs = reader.container(one.resources, f"initContainers[{position}].")
        starting = larger(starting, _sum(sidecars, needs))
        if one.restart_policy == "Always":
            sidecars = _sum(sidecars, needs)
    whole = larger(_sum(running, sidecars), starting)
    whole.update(reader.container(spec.resources, ""))
    whole = _sum(whole, reader.amounts(spec.overhead, "overhead"))
    return {name: amount for name, amount in whole.items() if amount}


def quantities(amounts: Amounts) -> dict[str, str]:
    """Return amounts as Kubernetes quantities."""
    return {name: format_quantity(amount, name) for name, amount in amounts.items()}


def _sum(one: Amounts, other: Amounts) -> Amounts:
    return {name: one.get(name, 0) + other.get(name, 0) for name in {**one, **other}}


def larger(one: Amounts, other: Amounts) -> Amounts:
    """Return the larger amount of each resource."""
    return {name: max(one.get(name, 0), other.get(name, 0)) for name in {**one, **other}}
