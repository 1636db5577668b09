"""The rule ``spread``: how replicas are shared out among groups of nodes."""

from collections import Counter
from collections.abc import Iterator

from placement.problem import Spread, Workload
from placement.verify.case import Case
from placement.verify.groups import Candidates, Group, group_of
from placement.verify.offers import fraction
from placement.verify.violation import Violation

__all__ = ["check_spread"]


def check_spread(case: Case) -> Iterator[Violation]:
    """Yield workloads on nodes without the key, in too few, too many or too uneven groups.

    A replica over several nodes counts on each of them.
    """
    spread = {key: each for key, each in case.workloads.items() if each.spread}
    if not spread:
        return
    candidates = Candidates(case)
    for key, workload in spread.items():
        carriers = case.carriers[key]
        placed = sum(each.taken for each in carriers)
        for number, rule in enumerate(workload.spread if placed else ()):
            counts: Counter[Group] = Counter()
            for host, _, taken in carriers:
                group = group_of(case, host.site, host.row.name, rule.by)
                if group is None:
                    message = f"{key} is spread by {rule.by}, which this node does not have"
                    yield Violation(rule="spread", where=host.where, message=message)
                else:
                    counts[group] += taken
            broken = [*_shared_out(rule, counts, placed)]
            broken += _skewed(candidates, workload, rule, counts)
            for message in broken:
                yield Violation(rule="spread", where=f"{key} spread[{number}]", message=message)


def _shared_out(rule: Spread, counts: Counter[Group], placed: int) -> Iterator[str]:
    used = len(counts)
    if used < rule.min_groups:
        yield f"{used} groups by {rule.by} are used, at least {rule.min_groups} must be"
    if rule.max_groups is not None and used > rule.max_groups:
        yield f"{used} groups by {rule.by} are used, at most {rule.max_groups} may be"
    share = fraction(rule.max_fraction)
    for group, count in counts.items():
        if count > share * placed:
            yield f"{count} of {placed} are in {'/'.join(group)}, at most {share} of them may be"


def _skewed(
    candidates: Candidates,
    workload: Workload,
    rule: Spread,
    counts: Counter[Group],
) -> Iterator[str]:
    """Yield the fullest group where it exceeds the emptiest one by too much."""
    most = max(counts.values(), default=0)
    if rule.max_skew is None or most <= rule.max_skew:
        return
    open_ = candidates.groups(workload, rule.by)
    fullest = max(counts, key=lambda group: (counts[group], group))
    emptiest = min(open_, key=lambda group: (counts[group], group), default=fullest)
    if most - counts[emptiest] > rule.max_skew:
        yield (
            f"{most} are in {'/'.join(fullest)} and {counts[emptiest]} in {'/'.join(emptiest)}; "
            f"max_skew is {rule.max_skew}"
        )
