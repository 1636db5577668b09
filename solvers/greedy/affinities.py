"""Which clusters a binding may use: Karmada's filter plugins."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from placement.solvers.greedy.binding import Binding, Candidate, Member, NoClusterFit
from placement.solvers.greedy.policy import Affinity, Placement, Term

__all__ = ["candidates", "matches"]

LOCALITY = 100  # Karmada f8fdd02d, plugin ClusterLocality: score of a cluster that is in use


def matches(member: Member, affinity: Affinity) -> bool:
    """Return whether a cluster matches a ``ClusterAffinity``; all parts must hold, exclude wins."""
    if member.name in (affinity.get("exclude") or ()):
        return False
    names = affinity.get("clusterNames") or ()
    if names and member.name not in names:
        return False
    selector = affinity.get("labelSelector") or {}
    wanted = selector.get("matchLabels") or {}
    if any(member.labels.get(key) != value for key, value in wanted.items()):
        return False
    labels = {key: {value} for key, value in member.labels.items()}
    fields = {"provider": {member.provider}, "region": {member.region}, "zone": set(member.zones)}
    return all(_holds(rule, labels) for rule in selector.get("matchExpressions") or ()) and all(
        _holds(rule, {key: values - {""} for key, values in fields.items()})
        for rule in (affinity.get("fieldSelector") or {}).get("matchExpressions") or ()
    )


def _holds(rule: Mapping[str, Any], values: Mapping[str, set[str]]) -> bool:
    """Return whether a requirement holds; a cluster's zones must all be in, or all be out."""
    operator, wanted = rule["operator"], set(rule.get("values") or ())
    have = values.get(rule["key"], set())
    if operator == "In":
        return bool(have) and have <= wanted
    if operator == "NotIn":
        return not have & wanted
    return bool(have) is (operator == "Exists")


def candidates(
    binding: Binding, placement: Placement, term: Term, members: Iterable[Member]
) -> list[Candidate]:
    """Return the clusters that pass, in the order of Karmada's sort.

    Raises
    ------
    NoClusterFit
        When none passes, with the number of clusters that each filter refused.
    """
    passed: list[Candidate] = []
    refused: Counter[str] = Counter()
    for member in members:
        reason = _refusal(binding, placement, term, member)
        if reason:
            refused[reason] += 1
        else:
            passed.append(_candidate(binding, term, member))
    if not passed:
        raise NoClusterFit(_explain(refused))
    return sorted(passed, key=lambda one: (one.tier, -one.score, -one.available, one.name))


def _candidate(binding: Binding, term: Term, member: Member) -> Candidate:
    in_use = any(target.name == member.name for target in binding.previous)
    room = binding.replicas if member.allocatable is None else member.allocatable
    return Candidate(
        name=member.name,
        region=member.region,
        tier=next(tier for tier, group in enumerate(term.tiers) if matches(member, group)),
        score=LOCALITY if in_use else 0,
        allocatable=room,
        held=binding.held(member.name),
    )


def _refusal(binding: Binding, placement: Placement, term: Term, member: Member) -> str:
    """Return why a cluster is refused, or an empty string."""
    if not any(matches(member, group) for group in term.tiers):
        return "cluster(s) did not match the placement cluster affinity constraint"
    if not any(target.name == member.name for target in binding.previous):
        for taint in member.taints:
            forbids = taint["effect"] in {"NoSchedule", "NoExecute"}
            if forbids and not any(_tolerates(one, taint) for one in placement.tolerations):
                value = f"={taint['value']}" if taint.get("value") else ""
                shown = f"{taint['key']}{value}:{taint['effect']}"
                return f"cluster(s) had untolerated taint {{{shown}}}"
    known = {"provider": member.provider, "region": member.region, "zone": member.zones}
    for by, stated in known.items():
        if by in placement.spread and not stated:
            return f"cluster(s) did not have {'zones' if by == 'zone' else by} property"
    return ""


def _tolerates(toleration: Mapping[str, str], taint: Mapping[str, str]) -> bool:
    if toleration.get("effect") not in {None, "", taint["effect"]}:
        return False
    if toleration.get("key") not in {None, "", taint["key"]}:
        return False
    if toleration.get("operator") == "Exists":
        return True
    return toleration.get("value", "") == taint.get("value", "")


def _explain(refused: Counter[str]) -> str:
    """Return Karmada's sentence for a binding that no cluster fits."""
    if not refused:
        return "0/0 clusters are available: no cluster exists."
    reasons = sorted(f"{count} {reason}" for reason, count in refused.items())
    return f"0/{refused.total()} clusters are available: {', '.join(reasons)}."
