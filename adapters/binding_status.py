"""The status of a binding: whether its replicas have a place, and why some have none."""

from collections.abc import Mapping

from placement.plan import Unplaced

__all__ = ["NO_TIME", "binding_status"]

NO_TIME = "1970-01-01T00:00:00Z"
"""Stands for a time that is not known: the API demands one of every condition."""

SCHEDULED = "Scheduled"
_SUCCESS = ("True", "Success", "Binding has been scheduled successfully.")
# Source: karmada-io/karmada, pkg/apis/work/v1alpha2/binding_types.go and
# pkg/scheduler/scheduler.go, commit f8fdd02df (2026-08): reasons and the message of success.
_UNSCHEDULABLE = "Unschedulable"
_LONGEST = 32768  # characters of a condition's message, by the CRD


def binding_status(
    existing: Mapping[str, object],
    spec: Mapping[str, object],
    unplaced: Unplaced | None,
    scheduled_at: str | None,
) -> dict[str, object]:
    """Return the status after the plan; what others wrote in it stays.

    Parameters
    ----------
    existing
        The binding as it was, or nothing.
    spec
        The new spec.
    unplaced
        The plan's row of replicas without a place, if there is one.
    scheduled_at
        When the plan was decided on, RFC 3339; None: not known.

    Notes
    -----
    Replicas left out make ``Scheduled`` False with reason ``Unschedulable``, also where others have
    a place and are listed in ``spec.clusters``: Karmada dispatches those whatever the condition
    says. As after any failed attempt of karmada-scheduler, ``schedulerObservedGeneration`` and
    ``lastScheduledTime`` then stay as they were.
    """
    found = existing.get("status")
    status = dict(found) if isinstance(found, Mapping) else {}
    old = status.get("conditions")
    conditions = [one for one in old if isinstance(one, Mapping)] if isinstance(old, list) else []
    before = next((one for one in conditions if one.get("type") == SCHEDULED), {})
    others = [dict(one) for one in conditions if one.get("type") != SCHEDULED]
    scheduled = _condition(before, spec, unplaced, scheduled_at)
    status["conditions"] = sorted([*others, scheduled], key=lambda one: str(one.get("type")))
    if unplaced is None:
        status["schedulerObservedGeneration"] = _generation(existing, spec)
        if scheduled_at is not None:
            status["lastScheduledTime"] = scheduled_at
    return status


def _condition(
    before: Mapping[str, object],
    spec: Mapping[str, object],
    unplaced: Unplaced | None,
    scheduled_at: str | None,
) -> dict[str, object]:
    """Return the condition; its transition time changes only with its status."""
    state, reason, message = _SUCCESS if unplaced is None else _failure(spec, unplaced)
    since = before.get("lastTransitionTime") if before.get("status") == state else None
    return {
        "lastTransitionTime": since or scheduled_at or NO_TIME,
        "message": message,
        "reason": reason,
        "status": state,
        "type": SCHEDULED,
    }


def _failure(spec: Mapping[str, object], unplaced: Unplaced) -> tuple[str, str, str]:
    said = f"{unplaced.replicas} of {spec['replicas']} replicas have no place"
    parts = [said, *unplaced.reasons]
    message = "; ".join(part.strip().rstrip(".;") for part in parts)
    if unplaced.repair:
        message += f". What would help: {unplaced.repair.strip().rstrip('.')}"
    message += "."
    cut = message if len(message) <= _LONGEST else f"{message[: _LONGEST - 3]}..."
    return "False", _UNSCHEDULABLE, cut


def _generation(existing: Mapping[str, object], spec: Mapping[str, object]) -> int:
    """Return the generation that the object has once the spec is written: 1 for a new one."""
    metadata = existing.get("metadata")
    now = metadata.get("generation") if isinstance(metadata, Mapping) else None
    if not isinstance(now, int):
        return 1
    return now if existing.get("spec") == spec else now + 1
