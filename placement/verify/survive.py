"""The rule ``survive``: what still runs after the worst loss."""

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction

from placement.verify.case import Case
from placement.verify.groups import Group, group_of, undecided
from placement.verify.hosts import Host
from placement.verify.offers import fraction
from placement.verify.violation import Violation

__all__ = ["check_survive"]


def check_survive(case: Case) -> Iterator[Violation]:
    """Yield workloads of which the worst loss leaves too little, or cannot be told.

    Nodes without the key outlive it. A replica over several nodes counts on each of them.
    """
    for key, workload in case.workloads.items():
        for number, rule in enumerate(workload.survive):
            counts: Counter[Group] = Counter()
            placed = 0
            for host, _, taken in case.carriers[key]:
                placed += taken
                group = _lost_with(case, host, rule.loss_of)
                if group is not None:
                    counts[group] += taken
                elif undecided(host.site, rule.loss_of):
                    message = f"{key} must outlive a {rule.loss_of}; the node's zone is left open"
                    yield Violation(rule="survive", where=host.where, message=message)
            worst = counts.most_common(rule.groups)
            left = placed - sum(count for _, count in worst)
            kept = rule.keep_replicas * workload.nodes_per_replica if placed else 0
            least = max(fraction(rule.keep) * placed, Fraction(kept))
            if left < least:
                lost = ", ".join("/".join(group) for group, _ in worst)
                message = f"without {lost} {left} of {placed} are left, {float(least):g} must be"
                where = f"{key} survive[{number}]"
                yield Violation(rule="survive", where=where, message=message)


def _lost_with(case: Case, host: Host, loss_of: str) -> Group | None:
    """Return what a node is lost with: by ``spot`` all spot nodes together, else its group."""
    if loss_of == "spot":
        return ("spot",) if host.site.capacity_type == "spot" else None
    return group_of(case, host.site, host.row.name, loss_of)
