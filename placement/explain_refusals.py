"""The places that a workload may not use, each with the rule against it."""

from collections.abc import Iterator

from placement.eligibility import missing_room
from placement.explain_case import Case
from placement.explanation import Place, Refusal

__all__ = ["refusals", "without_offer"]


def refusals(case: Case) -> Iterator[Refusal]:
    """Yield the places that the workload may not use."""
    rules = case.found.rules
    for position, supply in enumerate(case.supplies):
        rule, reason = case.found.why_not(case.number, position)
        if not rule or supply.bulk:
            continue
        against = sum(bool(r.refusal(case.workload, supply)) for r in rules)
        needs = case.needs(supply)
        against += bool(needs is not None and missing_room(needs, supply.room))
        if rule == "memory_fit" and supply.kind:
            flags = case.found.sizing.flags_that_help(case.workload, supply.kind)
            reason += f"; with {' or '.join(flags)} it would fit" if flags else ""
        yield Refusal(place=case.place(position), rule=rule, reason=reason, rules_against=against)


def without_offer(case: Case) -> Iterator[Refusal]:
    """Yield the node pools that cannot grow, and clusters that have nothing at all."""
    growing = {(s.cluster.name, s.pool.name) for s in case.supplies if s.pool and not s.nodes}
    for cluster in case.problem.clusters:
        for pool in cluster.node_pools:
            if (cluster.name, pool.name) not in growing:
                offer = f"{pool.capacity_type} offering of {pool.instance_type}"
                reason = f"the pool cannot grow: no {offer} where its nodes may be"
                place = _nowhere(cluster.name, pool.name, pool.instance_type, pool.capacity_type)
                yield Refusal(place=place, rule="offering", reason=reason)
        if not cluster.node_pools and not cluster.nodes:
            reason = "the cluster has neither a node nor a node pool"
            place = _nowhere(cluster.name, None, None, "on-demand")
            yield Refusal(place=place, rule="offering", reason=reason)


def _nowhere(cluster: str, pool: str | None, kind: str | None, capacity_type: str) -> Place:
    return Place(
        cluster=cluster,
        node_pool=pool,
        instance_type=kind,
        capacity_type=capacity_type,
        zone=None,
        running=False,
        paid_anyway=False,
        price=0.0,
        per_node=0,
    )
