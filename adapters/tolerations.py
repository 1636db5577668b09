"""Tolerations of a group's pods: the taints that a node may have for any of them to run there."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from placement.adapters.findings import Findings
from placement.adapters.placement_field import toleration_fields
from placement.adapters.workload_objects import Replicated
from placement.problem import Toleration
from placement.problem.issues import issues_of

__all__ = ["common_tolerations"]


def common_tolerations(found: Replicated, findings: Findings) -> list[Mapping[str, Any]]:
    """Return what all pods of a replica tolerate; of one template, its tolerations as they stand.

    A taint that the leader tolerates by one toleration and the others by another is tolerated by
    what the two have in common.
    """
    first, *others = [one.pod.tolerations for one in found.templates]
    if all(other == first for other in others):
        return list(first)
    common, *rest = [list(_read(found, position, findings)) for position in range(len(others) + 1)]
    for other in rest:
        common = list(dict.fromkeys(_common(common, other)))
    return [toleration_fields(one) for one in common]


def _read(found: Replicated, position: int, findings: Findings) -> Iterator[Toleration]:
    """Yield the tolerations of a template; those that break the rules are now in findings."""
    template = found.templates[position]
    for number, stated in enumerate(template.pod.tolerations):
        try:
            yield Toleration.model_validate(stated)
        except ValidationError as error:
            for issue in issues_of(error, Toleration, stated):
                at = ".".join(filter(None, (f"{template.path}.tolerations[{number}]", issue.path)))
                findings.refuse(found.document, at, issue.rule, issue.value)


def _common(ones: Iterable[Toleration], others: list[Toleration]) -> Iterator[Toleration]:
    """Yield what is common to each two of them."""
    for one in ones:
        for other in others:
            if (both := _both(one, other)) is not None:
                yield both


def _both(one: Toleration, other: Toleration) -> Toleration | None:
    """Return what tolerates just the taints that both tolerate; None where there are none.

    An empty key or effect stands for every one, and ``Exists`` for every value.
    """
    if one.key and other.key and one.key != other.key:
        return None
    if one.effect and other.effect and one.effect != other.effect:
        return None
    equal = [each for each in (one, other) if each.operator == "Equal"]
    if len({each.value for each in equal}) > 1:
        return None
    seconds = [each.toleration_seconds for each in (one, other)]
    return Toleration(
        key=one.key or other.key,
        operator="Equal" if equal else "Exists",
        value=equal[0].value if equal else "",
        effect=one.effect or other.effect,
        toleration_seconds=min((each for each in seconds if each is not None), default=None),
    )
