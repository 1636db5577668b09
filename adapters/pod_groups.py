"""What a replica's pods ask of its nodes; of a leader and its workers, what holds on every node.

The nodes of a replica are of one pool, so what any of its pods requires has to hold on each of
them: requests by the larger, selectors and affinities by both, tolerations by what both tolerate.
What cannot hold on one node is refused by name.
"""

from collections import ChainMap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any

from placement.adapters.findings import Findings
from placement.adapters.node_affinity import REQUIRED, hard_affinity, placement_fields
from placement.adapters.pods import Amounts, larger, pod_requests, quantities
from placement.adapters.tolerations import common_tolerations
from placement.adapters.workload_objects import Replicated, Template
from placement.errors import show

__all__ = ["Asked", "asked_of_nodes"]

_ONE_POOL = "all nodes of a replica are of one pool here, so each has to suit both"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What one replica asks for.

    Parameters
    ----------
    requests
        On each of its nodes, as Kubernetes quantities.
    in_all
        Over all its pods.
    fields
        Of a workload: what is required of each node.
    claim
        The same as Karmada's ``nodeClaim``.
    """

    requests: Mapping[str, str]
    in_all: Mapping[str, str]
    fields: Mapping[str, Any]
    claim: Mapping[str, object]


def asked_of_nodes(found: Replicated, findings: Findings) -> Asked:
    """Return what a replica asks for; what its pods cannot ask for together is now in findings."""
    document, templates = found.document, found.templates
    amounts = [pod_requests(one.pod, document, one.path, findings) for one in templates]
    _tell_devices(found, amounts, findings)
    _check_priority(found, findings)
    fields = _required(found, findings)
    tolerations = common_tolerations(found, findings)
    if tolerations:
        fields["tolerations"] = tolerations
    claim = {
        "nodeSelector": dict(ChainMap(*(one.pod.node_selector for one in templates))),
        "tolerations": tolerations,
        "hardNodeAffinity": hard_affinity(one.pod for one in templates),
    }
    return Asked(
        requests=quantities(reduce(larger, amounts)),
        in_all=quantities(_in_all(amounts[0], amounts[-1], found.pods - 1)),
        fields=fields,
        claim={name: value for name, value in claim.items() if value},
    )


def _in_all(leader: Amounts, worker: Amounts, workers: int) -> Amounts:
    names = {**leader, **worker} if workers else leader
    return {name: leader.get(name, 0) + workers * worker.get(name, 0) for name in names}


def _tell_devices(found: Replicated, amounts: list[Amounts], findings: Findings) -> None:
    """Warn of GPUs and other devices that the leader and the workers do not ask alike for."""
    leader, worker = amounts[0], amounts[-1]
    for name in larger(leader, worker):
        one, other = leader.get(name, 0), worker.get(name, 0)
        if "/" in name and one != other:
            findings.warn(
                f"{found.key}: its leader asks for {one} {name} and each worker for {other}; every "
                f"node of a replica is counted with {max(one, other)}"
            )


def _check_priority(found: Replicated, findings: Findings) -> None:
    leader, worker = found.templates[0], found.templates[-1]
    if worker.pod.priority_class_name != leader.pod.priority_class_name:
        rule = f"must be the leader's ({show(leader.pod.priority_class_name)}): a replica has one"
        path = f"{worker.path}.priorityClassName"
        findings.refuse(found.document, path, rule, show(worker.pod.priority_class_name))


def _required(found: Replicated, findings: Findings) -> dict[str, Any]:
    """Return the fields that say what all pods require of a node."""
    fields: dict[str, Any] = {}
    for template in found.templates:
        own = placement_fields(template.pod, found.document, template.path, findings)
        for name, value in _joined(fields, own):
            rule = f"contradicts what the leader requires; {_ONE_POOL}"
            findings.refuse(found.document, _place(template, name), rule, show(value))
    return fields


def _joined(fields: dict[str, Any], more: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    """Narrow ``fields`` by more of them; yield the names and values that leave nothing."""
    for name, value in more.items():
        below = fields.get(name)
        if below is None:
            fields[name] = value
        elif isinstance(below, dict):
            yield from _joined(below, value)
        elif isinstance(below, list):
            denied = name == "deny"
            both = [*below, *value] if denied else [one for one in below if one in value]
            fields[name] = list(dict.fromkeys(both))
            if not both:  # an empty list would allow all
                yield name, value
        elif below != value:
            yield name, value


def _place(template: Template, name: str) -> str:
    """Return where a template states what a field requires; ``name`` may be a label's."""
    if name in template.pod.node_selector:
        return f"{template.path}.nodeSelector.{name}"
    return f"{template.path}.affinity.nodeAffinity.{REQUIRED}"
