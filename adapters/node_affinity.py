"""What a pod's affinities and topology spread require, as fields of a workload.

Only what a scheduler must obey is read; preferences are left to it. What no field can say is
refused by name, because a plan that ignored it would not be obeyed by the cluster.

Source: Kubernetes API reference ``NodeAffinity`` and "Well-Known Labels" (v1.34); the label
``karpenter.sh/capacity-type`` is Karpenter's (v1 API).
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from placement.adapters.documents import Document
from placement.adapters.findings import Findings
from placement.adapters.pods import PodSpec
from placement.errors import show

__all__ = ["REQUIRED", "hard_affinity", "placement_fields"]

REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
_INSTANCE_TYPE = ("node.kubernetes.io/instance-type", "beta.kubernetes.io/instance-type")
_REGION = ("topology.kubernetes.io/region", "failure-domain.beta.kubernetes.io/region")
_ZONE = ("topology.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/zone")
_CAPACITY_TYPE = ("karpenter.sh/capacity-type",)
_UNSAID = "a plan that ignored it would be wrong; remove it to plan without it"


def placement_fields(
    spec: PodSpec, document: Document, path: str, findings: Findings
) -> dict[str, Any]:
    """Return the contract's fields that say what the pod requires of its node.

    ``node_selector``; from required node affinity with several values ``instance_types``,
    ``capacity_types`` and ``cluster_affinity`` (regions, zones); absent where nothing is required.
    """
    fields: dict[str, Any] = {}
    if spec.node_selector:
        fields["node_selector"] = dict(spec.node_selector)
    for at, expression in _expressions(spec, document, path, findings):
        if not _taken(fields, expression):
            rule = f"this node affinity cannot be expressed, and {_UNSAID}"
            findings.refuse(document, at, rule, show(dict(expression)))
    if held := _held_ports(spec):
        findings.warn(
            f"{document.source}: {document.at(path)} holds ports of its node ({held}), so no two "
            "such pods fit on one; that is not counted"
        )
    for at, what in _in_cluster_rules(spec, path):
        rule = f"{what} is not supported in this version, and {_UNSAID}"
        findings.refuse(document, at, rule)
    return fields


def hard_affinity(pods: Iterable[PodSpec]) -> Mapping[str, Any] | None:
    """Return the required node affinity of all the pods together, in the API's own form.

    Of several, each has one term: ``placement_fields`` refuses alternatives.
    """
    rules: list[Mapping[str, Any]] = []
    for pod in pods:
        rule = _at(pod.affinity, "nodeAffinity", REQUIRED)
        if rule and rule not in rules:
            rules.append(rule)
    if len(rules) < 2:
        return rules[0] if rules else None
    terms = [term for rule in rules for term in _list(_at(rule, "nodeSelectorTerms"))]
    joined = [each for term in terms for each in _list(_at(term, "matchExpressions"))]
    once = [each for position, each in enumerate(joined) if each not in joined[:position]]
    return {"nodeSelectorTerms": [{"matchExpressions": once}]}


def _expressions(
    spec: PodSpec, document: Document, path: str, findings: Findings
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the expressions that a node must match, all of them, with their paths."""
    terms = _at(spec.affinity, "nodeAffinity", REQUIRED, "nodeSelectorTerms")
    at = f"{path}.affinity.nodeAffinity.{REQUIRED}.nodeSelectorTerms"
    if not isinstance(terms, list) or not terms:
        return
    if len(terms) > 1:
        rule = f"alternatives (more than one term) cannot be expressed, and {_UNSAID}"
        findings.refuse(document, at, rule)
        return
    term = terms[0] if isinstance(terms[0], Mapping) else {}
    for name in ("matchExpressions", "matchFields"):
        for position, expression in enumerate(_list(term.get(name))):
            known = isinstance(expression, Mapping) and name == "matchExpressions"
            yield f"{at}[0].{name}[{position}]", expression if known else {name: expression}


def _taken(fields: dict[str, Any], expression: Mapping[str, Any]) -> bool:
    """Add an expression to ``fields``; return whether that could be done."""
    key, operator = expression.get("key"), expression.get("operator")
    values = expression.get("values")
    if not isinstance(key, str) or not isinstance(values, list) or not values:
        return False
    if not all(isinstance(value, str) for value in values):
        return False
    if operator == "NotIn" and key in _INSTANCE_TYPE:
        denied = fields.setdefault("instance_types", {}).setdefault("deny", [])
        denied += [value for value in values if value not in denied]
        return True
    if operator != "In":
        return False
    if key in _INSTANCE_TYPE:
        return _narrowed(fields.setdefault("instance_types", {}), "allow", values)
    if key in _REGION:
        return _narrowed(fields.setdefault("cluster_affinity", {}), "regions", values)
    if key in _ZONE:
        return _narrowed(fields.setdefault("cluster_affinity", {}), "zones", values)
    if key in _CAPACITY_TYPE:
        return _narrowed(fields, "capacity_types", values)
    selected = fields.get("node_selector", {}).get(key, values[0])
    if len(values) > 1 or selected != values[0]:
        return False
    fields.setdefault("node_selector", {})[key] = values[0]
    return True


def _held_ports(spec: PodSpec) -> str:
    """Return the ports of the node that a pod takes for itself, as words."""
    name = "containerPort" if spec.host_network else "hostPort"
    ports = [port.get(name) for container in spec.containers for port in container.ports]
    return ", ".join(str(port) for port in ports if port)


def _narrowed(fields: dict[str, Any], name: str, values: list[Any]) -> bool:
    """Narrow a list of allowed names; an empty one would allow all, so it cannot be said."""
    below = fields.get(name)
    kept = [value for value in values if below is None or value in below]
    fields[name] = kept
    return bool(kept)


def _in_cluster_rules(spec: PodSpec, path: str) -> Iterator[tuple[str, str]]:
    """Yield the required rules about pods beside one another, with their paths."""
    for name in ("podAffinity", "podAntiAffinity"):
        if _at(spec.affinity, name, REQUIRED):
            yield f"{path}.affinity.{name}.{REQUIRED}", f"required {name}"
    for position, constraint in enumerate(spec.topology_spread_constraints):
        if constraint.get("whenUnsatisfiable", "DoNotSchedule") == "DoNotSchedule":
            at = f"{path}.topologySpreadConstraints[{position}]"
            yield at, f"the topology spread by {constraint.get('topologyKey')!r}"
    if spec.resource_claims:
        yield f"{path}.resourceClaims", "dynamic resource allocation"
    if spec.node_name:
        yield f"{path}.nodeName", "a fixed node"


def _at(value: Any, *path: str) -> Any:
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
