"""``spec.placement`` read once into the few facts that scheduling asks for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, cast

__all__ = ["Affinity", "Placement", "Spread", "Strategy", "Term", "read_placement"]

Affinity: TypeAlias = Mapping[str, Any]
"""A ``ClusterAffinity`` as a JSON object; empty matches every cluster."""

Strategy: TypeAlias = Literal["Duplicated", "StaticWeight", "DynamicWeight", "Aggregated"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One cluster affinity group, with the groups that it overflows into, in order."""

    name: str | None
    tiers: tuple[Affinity, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """A spread constraint, taken literally: zero groups are zero groups."""

    min_groups: int
    max_groups: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """A placement.

    Parameters
    ----------
    strategy
        None: a division that the scheduler does not know (``preference`` unset).
    weights
        Static weights: which clusters, and the weight.
    ignores_spread
        Static weighting ignores spread constraints.
    spread
        Spread constraints by field.
    """

    strategy: Strategy | None
    terms: tuple[Term, ...]
    weights: tuple[tuple[Affinity, int], ...] = ()
    ignores_spread: bool = False
    spread: Mapping[str, Spread]
    tolerations: tuple[Mapping[str, str], ...] = ()


def read_placement(document: Mapping[str, object]) -> Placement:
    """Return a placement read from ``spec.placement``, with the defaults of the CRD.

    The defaults of Karmada's webhook (one group where ``minGroups`` is 0, ``Weighted``) are not
    applied: a stored binding has them already.
    """
    placement = cast("Mapping[str, Any]", document)
    scheduling = placement.get("replicaScheduling")
    preference = (scheduling or {}).get("weightPreference")
    static = (preference or {}).get("staticWeightList") or ()
    strategy = _strategy(scheduling)
    return Placement(
        strategy=strategy,
        terms=_terms(placement),
        weights=tuple((rule["targetCluster"], int(rule["weight"])) for rule in static),
        ignores_spread=strategy == "StaticWeight" and (preference is None or bool(static)),
        spread={
            rule.get("spreadByField", ""): Spread(
                min_groups=int(rule.get("minGroups") or 0),
                max_groups=int(rule.get("maxGroups") or 0),
            )
            for rule in placement.get("spreadConstraints") or ()
        },
        tolerations=tuple(placement.get("clusterTolerations") or ()),
    )


def _strategy(scheduling: Mapping[str, Any] | None) -> Strategy | None:
    if scheduling is None or scheduling.get("replicaSchedulingType") == "Duplicated":
        return "Duplicated"
    division = scheduling.get("replicaDivisionPreference")
    if division == "Aggregated":
        return "Aggregated"
    if division == "Weighted":
        weights = scheduling.get("weightPreference") or {}
        return "DynamicWeight" if weights.get("dynamicWeight") else "StaticWeight"
    return None


def _terms(placement: Mapping[str, Any]) -> tuple[Term, ...]:
    named = placement.get("clusterAffinities") or ()
    if not named:
        return (Term(name=None, tiers=(placement.get("clusterAffinity") or {},)),)
    return tuple(
        Term(name=term["affinityName"], tiers=(term, *(term.get("overflowAffinities") or ())))
        for term in named
    )
