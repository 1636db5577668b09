"""Propagation policies: which one governs an object, and what it asks for.

Source: Karmada ``pkg/detector/compare.go``, ``pkg/detector/policy.go`` and
``pkg/util/selector.go`` (v1.18): a PropagationPolicy of the object's namespace goes before any
ClusterPropagationPolicy; then the higher ``priority``; then a selector by name before one by
labels before one for all; then the name that comes first in the alphabet.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import Field

from placement.adapters.ack import POLICY_GROUP as ACK_GROUP
from placement.adapters.ack import AutoScaling
from placement.adapters.documents import Document
from placement.adapters.findings import Findings
from placement.adapters.karmada_placement import Placement
from placement.adapters.label_selectors import Selector
from placement.adapters.origin import CLUSTER_POLICY, POLICY, Origin
from placement.adapters.wire import Metadata, Wire, read_wire

__all__ = ["GivenPolicy", "Policies", "is_policy", "read_policies"]

_GROUPS = {"policy.karmada.io", ACK_GROUP}
_BY_NAME, _BY_LABELS, _ALL = 0, 1, 2  # how close a selector fits, closest first


class _ResourceSelector(Wire):
    api_version: str
    kind: str
    namespace: str = ""
    name: str = ""
    label_selector: Selector | None = None

    def fit(self, origin: Origin, labels: Mapping[str, str]) -> int | None:
        """Return how close the selector fits an object, or None where it does not."""
        if (self.api_version, self.kind) != (origin.api_version, origin.kind):
            return None
        if self.namespace and self.namespace != origin.namespace:
            return None
        if self.name:
            return _BY_NAME if self.name == origin.name else None
        if self.label_selector is not None:
            return _BY_LABELS if self.label_selector.matches(labels) else None
        return _ALL


class _SchedulePriority(Wire):
    priority_class_name: str = ""


class _Spec(Wire):
    resource_selectors: list[_ResourceSelector] = Field(min_length=1)
    placement: Placement = Placement()
    priority: int = 0
    schedule_priority: _SchedulePriority | None = None
    scheduler_name: str | None = None
    conflict_resolution: str | None = None
    propagate_deps: bool | None = None
    preserve_resources_on_deletion: bool | None = None
    failover: dict[str, Any] | None = None
    suspension: dict[str, Any] | None = None
    auto_scaling: AutoScaling = AutoScaling()


class _Policy(Wire):
    metadata: Metadata
    spec: _Spec


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenPolicy:
    """A policy as read, with the document it stands in."""

    document: Document
    policy: _Policy

    @property
    def is_cluster_wide(self) -> bool:
        """Return whether this is a ClusterPropagationPolicy."""
        return self.document.kind == CLUSTER_POLICY

    @property
    def namespace(self) -> str:
        """Return the policy's namespace; empty for a cluster-wide one."""
        return "" if self.is_cluster_wide else self.policy.metadata.namespace or "default"

    @property
    def name(self) -> str:
        """Return how messages name the policy."""
        place = f"{self.namespace}/" if self.namespace else ""
        return f"{self.document.kind} {place}{self.policy.metadata.name}"

    @property
    def rank(self) -> tuple[bool, int]:
        """Return the order among policies that fit an object, before how close they fit."""
        return self.is_cluster_wide, -self.policy.spec.priority

    def fit(self, origin: Origin, labels: Mapping[str, str]) -> int | None:
        """Return how close the policy fits an object, or None where it does not select it."""
        if self.namespace not in {"", origin.namespace}:
            return None
        fits = [one.fit(origin, labels) for one in self.policy.spec.resource_selectors]
        return min((fit for fit in fits if fit is not None), default=None)


def is_policy(document: Document) -> bool:
    """Return whether a document is a propagation policy, Karmada's or ACK One's."""
    return document.group in _GROUPS and document.kind in {POLICY, CLUSTER_POLICY}


def read_policies(documents: Iterable[Document], findings: Findings) -> list[GivenPolicy]:
    """Return the policies among documents; what their placements cannot say is refused by name."""
    policies: list[GivenPolicy] = []
    for document in documents:
        found = read_wire(_Policy, document, findings)
        if found is None:
            continue
        policy = GivenPolicy(document=document, policy=found)
        policies.append(policy)
        if found.spec.auto_scaling.ecs_provision is False:
            findings.warn(
                f"{policy.name}: autoScaling.ecsProvision is false, but a plan may buy nodes in "
                "every node pool; set max_nodes of the pools that must not grow"
            )
    return policies


class Policies:
    """Policies, found by what they select.

    Parameters
    ----------
    policies
        In the order of the documents.
    """

    def __init__(self, policies: Iterable[GivenPolicy]) -> None:
        self._by_name: dict[tuple[str, str, str], list[GivenPolicy]] = {}
        self._others: list[GivenPolicy] = []
        for policy in policies:
            for selector in policy.policy.spec.resource_selectors:
                if selector.name:
                    key = (selector.api_version, selector.kind, selector.name)
                    self._by_name.setdefault(key, []).append(policy)
                else:
                    self._others.append(policy)

    def governing(self, origin: Origin, labels: Mapping[str, str]) -> GivenPolicy | None:
        """Return the policy that governs an object, or None where none selects it."""
        key = (origin.api_version, origin.kind, origin.name)
        fitting = [
            ((*policy.rank, fit, policy.policy.metadata.name), policy)
            for policy in (*self._by_name.get(key, ()), *self._others)
            if (fit := policy.fit(origin, labels)) is not None
        ]
        return min(fitting, key=lambda one: one[0])[1] if fitting else None
