"""Which rules over groups of nodes stand against one more replica, in words."""

from collections.abc import Iterator

from placement.formulation.milp import Ints
from placement.problem import Workload
from placement.skews import Skew
from placement.ties import Counted, Loss, Share, Ties

__all__ = ["against"]

MOST_TRIED = 300  # candidates that are looked at one by one


def against(ties: Ties, workload: int, asker: Workload, candidates: Ints, x: Ints) -> list[str]:
    """Return the rules that hold and would not with one more replica on some candidate, once each.

    Parameters
    ----------
    candidates
        ``(k,)`` candidates of the workload.
    x
        ``(C,)`` replicas of each candidate.
    """
    mine, more = ties.of(workload), x.copy()
    before = dict(_broken(mine, asker, x))
    found: dict[str, None] = {}
    for candidate in candidates[:MOST_TRIED].tolist():
        more[candidate] += asker.nodes_per_replica
        broken = _broken(mine, asker, more)
        found.update((said, None) for rule, said in broken if rule not in before)
        more[candidate] -= asker.nodes_per_replica
    return list(found)


def _broken(ties: Ties, asker: Workload, x: Ints) -> Iterator[tuple[tuple[str, int], str]]:
    """Yield the rules of one workload that ``(C,)`` replicas break, with a number and in words."""
    for number, count in enumerate(ties.counted):
        if said := _count_says(ties, count, x):
            yield ("count", number), said
    for number, share in enumerate(ties.shares):
        if said := _share_says(share, x):
            yield ("share", number), said
    for number, skew in enumerate(ties.skews):
        if said := _skew_says(skew, x):
            yield ("skew", number), said
    for number, loss in enumerate(ties.losses):
        if said := _loss_says(loss, x):
            yield ("loss", number), said
    yield from _pairs_say(ties, asker, x)


def _count_says(ties: Ties, rule: Counted, x: Ints) -> str:
    there = sum(bool(x[ties.presences[p].candidate].any()) for p in rule.presences.tolist())
    if there and there < rule.least:
        return f"spread: by {rule.by}, in at least {rule.least} groups or not at all"
    if rule.most is not None and there > rule.most:
        return f"spread: by {rule.by}, in at most {rule.most} groups"
    return ""


def _share_says(rule: Share, x: Ints) -> str:
    counts = [int(x[group].sum()) for group in rule.groups]
    if max(counts, default=0) <= rule.share * sum(counts):
        return ""
    return f"spread: by {rule.by}, at most {rule.stated:g} of the replicas in one group"


def _skew_says(rule: Skew, x: Ints) -> str:
    counts = [int(x[group].sum()) for group in rule.groups]
    if not counts or max(counts) - min(counts) <= rule.skew:
        return ""
    said = f"{max(counts)} in one and {min(counts)} in another, at most {rule.skew} apart"
    return f"spread: by {rule.by}, {said}"


def _loss_says(rule: Loss, x: Ints) -> str:
    placed = int(x[rule.all_of_it].sum())
    counts = sorted((int(x[group].sum()) for group in rule.groups), reverse=True)
    left = placed - sum(counts[: rule.at_once])
    if not placed or (left >= rule.keep * placed and left >= rule.keep_units):
        return ""
    lost = rule.by if rule.at_once == 1 else f"{rule.at_once} by {rule.by}"
    return f"survive: the loss of {lost} would leave {left} of {placed}"


def _pairs_say(ties: Ties, asker: Workload, x: Ints) -> Iterator[tuple[tuple[str, int], str]]:
    for number, (one, units) in enumerate(ties.least):
        placed = int(x[ties.presences[ties.some[one]].candidate].sum())
        if 0 < placed < units:
            yield ("least", number), f"min_replicas: at least {asker.min_replicas} or none"
    for number, (presence, theirs) in enumerate(ties.together):
        if x[ties.presences[presence].candidate].any() and not x[theirs].any():
            named = ", ".join(asker.colocate_with)
            yield ("together", number), f"colocate_with: not where {named} does not run"
    for number, pair in enumerate(ties.apart):
        if all(x[ties.presences[side].candidate].any() for side in pair):
            yield ("apart", number), "separate_from: not where the other one runs"
