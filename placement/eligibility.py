"""The static rules: whether a workload may run on a kind of node at all, each with its reason.

Every rule looks at few facts of a workload and few of a node. It names them as keys, so that a
fleet's pairs are judged once for every distinct pair of keys, not once for every pair.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from placement.eligibility_keys import affinity_key, spread_key, types_key, users_key
from placement.eligibility_rules import (
    load_refusal,
    partly_used,
    spread_refusal,
    survive_refusal,
    whole_nodes_refusal,
)
from placement.groups import group_of, undecided
from placement.memory import accepted
from placement.paths import Paths
from placement.problem import (
    ClusterAffinity,
    LabelSelector,
    Problem,
    Taint,
    Toleration,
    Workload,
)
from placement.problem.base import Money
from placement.quantity import format_quantity
from placement.sizing import Sizing
from placement.supply import Supply

__all__ = ["Rule", "affinity_refusal", "missing_room", "static_rules"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One static rule.

    Parameters
    ----------
    workload_key, supply_key
        What the rule looks at; pairs with equal keys get the same answer. A workload whose key is
        None is admitted everywhere.
    refusal
        Why the pair is impossible, in the words of the input; empty where it is possible.
    at_once
        Whether each of many pairs is possible, where that can be told at less cost.
    only
        Names of the only clusters in which a workload can be admitted; none: in any.
    """

    name: str
    workload_key: Callable[[Workload], Hashable]
    supply_key: Callable[[Supply], Hashable]
    refusal: Callable[[Workload, Supply], str]
    at_once: Callable[[Sequence[Workload], Sequence[Supply]], NDArray[np.bool_]] | None = None
    only: Callable[[Workload], tuple[str, ...]] | None = None

    def admits(self, workload: Workload, supply: Supply) -> bool:
        """Return whether the rule has nothing against the pair."""
        return not self.refusal(workload, supply)


def static_rules(problem: Problem, sizing: Sizing, paths: Paths) -> tuple[Rule, ...]:
    """Return the rules of a problem, in the order in which a refusal is reported."""
    selected = sorted({key for workload in problem.workloads for key in workload.node_selector})
    return (
        Rule(
            name="capacity_types",
            workload_key=lambda w: w.capacity_types,
            supply_key=lambda s: s.capacity_type,
            refusal=_capacity_types,
        ),
        Rule(
            name="cluster_affinity",
            workload_key=lambda w: affinity_key(w.cluster_affinity),
            supply_key=lambda s: (s.cluster.name, s.zone),
            refusal=lambda w, s: affinity_refusal(w.cluster_affinity, s),
            only=lambda w: w.cluster_affinity.cluster_names,
        ),
        Rule(
            name="taints",
            workload_key=lambda w: w.tolerations,
            supply_key=lambda s: s.taints,
            refusal=_taints,
        ),
        Rule(
            name="node_selector",
            workload_key=lambda w: tuple(sorted(w.node_selector.items())) or None,
            supply_key=lambda s: tuple(map(s.labels.get, selected)),
            refusal=_node_selector,
        ),
        Rule(
            name="allowed_types",
            workload_key=types_key,
            supply_key=lambda s: (s.type_name, s.kind.gpu.model if s.kind and s.kind.gpu else None),
            refusal=_allowed_types,
        ),
        *_rules_by_figures(sizing, paths),
        *_rules_on_nodes(problem),
    )


def _rules_by_figures(sizing: Sizing, paths: Paths) -> tuple[Rule, Rule]:
    return (
        Rule(
            name="users",
            workload_key=users_key,
            supply_key=lambda s: s.cluster.region,
            refusal=lambda w, s: _users(paths, w, s),
        ),
        Rule(
            name="memory_fit",
            workload_key=sizing.need,
            supply_key=lambda s: sizing.card(s.kind),
            refusal=lambda w, s: _memory_fit(sizing, w, s),
            at_once=lambda ws, ss: sizing.table(ws, [s.kind for s in ss]) > 0,
        ),
    )


def _rules_on_nodes(problem: Problem) -> tuple[Rule, ...]:
    spread_by = sorted({each.by for workload in problem.workloads for each in workload.spread})
    return (
        Rule(
            name="load",
            workload_key=lambda w: tuple(w.load.per_replica) if w.load else None,
            supply_key=lambda s: s.type_name,
            refusal=load_refusal,
        ),
        Rule(
            name="spread",
            workload_key=spread_key,
            supply_key=lambda s: (
                undecided(s),
                s.bulk,
                *(group_of(k, s) is None for k in spread_by),
            ),
            refusal=spread_refusal,
        ),
        Rule(
            name="survive",
            workload_key=lambda w: tuple(each.loss_of for each in w.survive) or None,
            supply_key=undecided,
            refusal=survive_refusal,
        ),
        Rule(
            name="whole_nodes",
            workload_key=lambda w: w.nodes_per_replica > 1 or None,
            supply_key=partly_used,
            refusal=whole_nodes_refusal,
        ),
    )


def _capacity_types(workload: Workload, supply: Supply) -> str:
    if supply.capacity_type in workload.capacity_types:
        return ""
    return f"{supply.capacity_type} capacity is not among {', '.join(workload.capacity_types)}"


def affinity_refusal(wanted: ClusterAffinity, supply: Supply) -> str:
    """Return what of an affinity a supply does not meet, or an empty string."""
    cluster = supply.cluster
    if cluster.name in wanted.exclude:
        return f"cluster {cluster.name} is excluded"
    for what, names, name in (
        ("cluster", wanted.cluster_names, cluster.name),
        ("provider", wanted.providers, supply.provider),
        ("region", wanted.regions, cluster.region),
        ("zone", wanted.zones, supply.zone),
    ):
        if names and name not in names:
            return f"{what} {name or 'unknown'} is not among {', '.join(names)}"
    return _selector(wanted.label_selector, cluster.labels)


def _selector(selector: LabelSelector, labels: Mapping[str, str]) -> str:
    for key, value in selector.match_labels.items():
        if labels.get(key) != value:
            return f"the cluster's label {key} is {labels.get(key)!r}, not {value!r}"
    for term in selector.match_expressions:
        label, held = labels.get(term.key), False
        match term.operator:
            case "In":
                held = label in term.values
            case "NotIn":
                held = label not in term.values
            case "Exists":
                held = term.key in labels
            case "DoesNotExist":
                held = term.key not in labels
        if not held:
            values = f" {', '.join(term.values)}" if term.values else ""
            return f"the cluster's label {term.key} is {label!r}: {term.operator}{values} fails"
    return ""


def _taints(workload: Workload, supply: Supply) -> str:
    for taint in supply.taints:
        if taint.effect == "PreferNoSchedule":
            continue
        if not any(_tolerates(toleration, taint) for toleration in workload.tolerations):
            value = f"={taint.value}" if taint.value else ""
            return f"the taint {taint.key}{value}:{taint.effect} is not tolerated"
    return ""


def _tolerates(toleration: Toleration, taint: Taint) -> bool:
    if toleration.effect and toleration.effect != taint.effect:
        return False
    if toleration.operator == "Exists":
        return toleration.key in {"", taint.key}
    return toleration.key == taint.key and toleration.value == taint.value


def _node_selector(workload: Workload, supply: Supply) -> str:
    for key, value in workload.node_selector.items():
        if supply.labels.get(key) != value:
            has = repr(supply.labels[key]) if key in supply.labels else "not there"
            return f"the node label {key} is {has}, not {value!r}"
    return ""


def _allowed_types(workload: Workload, supply: Supply) -> str:
    if not workload.instance_types.admits(supply.type_name):
        return f"instance type {supply.type_name or 'unknown'} is not allowed"
    model = supply.kind.gpu.model if supply.kind and supply.kind.gpu else None
    if not workload.gpu_models.admits(model):
        return f"GPU model {model or 'unknown'} is not allowed"
    return ""


def _users(paths: Paths, workload: Workload, supply: Supply) -> str:
    users, region = workload.users, supply.cluster.region
    if users.needs_egress and not paths.reaches_users(workload, region):
        return f"the network has no path from {region} to all of the users"
    if not users.needs_latency:
        return ""
    mean = paths.latency_ms(workload, region)
    if mean is None:
        return f"the network has no path from all of the users to {region}"
    if users.max_ms is not None and mean > Fraction(Money.exact(users.max_ms)):
        return f"{region} is {float(mean):.4g} ms from the users, more than max_ms {users.max_ms:g}"
    return ""


def _memory_fit(sizing: Sizing, workload: Workload, supply: Supply) -> str:
    if workload.model is None:
        return ""
    if supply.kind is None:
        return "its GPUs are not known, so memory fit cannot be judged"
    fit = sizing.fit(workload, supply.kind)
    if fit is None:
        return "has no GPU"
    if accepted(fit, workload.serving):
        return ""
    risk = "; serving.allow_at_risk would let it be tried" if fit.fits == "at-risk" else ""
    return ("; ".join(fit.reasons) or "does not fit the GPU memory") + risk


def missing_room(requests: Mapping[str, int], room: Mapping[str, int]) -> str:
    """Return which resource one replica asks for beyond what an empty node has, in words."""
    for resource, amount in requests.items():
        has = room.get(resource, amount if resource == "pods" else 0)
        if amount > has:
            asked, there = (format_quantity(n, resource) for n in (amount, has))
            return f"a replica needs {asked} {resource}, a node has {there} free"
    return ""
