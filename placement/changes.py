"""What would change where a workload is: prices, limits and rules one step away."""

from collections.abc import Iterator
from dataclasses import replace

from placement.explanation import Explanation

__all__ = ["find_changes"]

MOST = 8  # leads that are listed; the nearest ones first


def find_changes(found: Explanation) -> Explanation:
    """Return an explanation with its ``changes`` completed.

    Every lead compares prices of full nodes with the dearest place chosen, one change at a time.
    """
    leads = (*_limits(found), *_rules(found), *_prices(found))
    return replace(found, changes=tuple(dict.fromkeys((*found.changes, *leads)))[:MOST])


def _dearest(found: Explanation) -> float | None:
    """Return what the dearest place chosen costs per replica; None where more is yet to place."""
    if found.placed < found.replicas:
        return None
    return max((row.place.per_replica or 0.0 for row in found.chosen), default=0.0)


def _limits(found: Explanation) -> Iterator[str]:
    """Yield the limits that stand before a place for what is left out, or before a cheaper one."""
    paid = _dearest(found)
    limits = ("stock", "quota", "pool_maximum", "cluster_limit")
    for row in sorted(found.alternatives, key=lambda row: row.place.per_replica or 0.0):
        cost = row.place.per_replica
        if row.rule not in limits or cost is None:
            continue
        if paid is None:
            yield (
                f"room for one more node, {row.place}, would place up to {row.place.per_node} "
                f"more, at {cost:.4g} per replica: {row.reason}"
            )
        elif cost < paid:
            yield (
                f"room for one more node, {row.place}, would let a replica cost {cost:.4g} "
                f"instead of {paid:.4g}: {row.reason}"
            )


def _rules(found: Explanation) -> Iterator[str]:
    """Yield the rules that alone stand before a place that is cheaper, or wanted at all."""
    paid = _dearest(found)
    held = any(line.startswith(("limit: ", "budget: ")) for line in found.left_out)
    allowed = ", as far as the limits and budgets allow" if held else ""
    single = [row for row in found.refusals if row.rules_against == 1 and row.place.per_replica]
    for row in sorted(single, key=lambda row: row.place.per_replica or 0.0):
        cost = row.place.per_replica or 0.0
        if paid is None:
            yield f"without {row.rule} ({row.reason}), {row.place} would take replicas{allowed}"
        elif cost < paid:
            yield (
                f"without {row.rule} ({row.reason}), a replica would cost {cost:.4g} instead of "
                f"{paid:.4g} on {row.place}"
            )


def _prices(found: Explanation) -> Iterator[str]:
    """Yield the prices at which a dearer place would be as cheap."""
    paid = _dearest(found)
    if not paid:
        return
    dearer = [row for row in found.alternatives if row.rule == "cost"]
    for row in sorted(dearer, key=lambda row: row.place.per_replica or 0.0):
        even = (paid - row.place.extra) * row.place.per_node
        if even <= 0:
            continue  # replicas alone cost more there
        yield f"at {even:.4g} per node, not {row.place.price:.4g}, {row.place} would be as cheap"
