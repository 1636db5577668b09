"""Which rules over groups of nodes stand against one more replica, in words."""

from collections.abc import Iterator

from placement.formulation.milp import Ints
from placement.problem import Workload
from placement.ties import Counted, Loss, Share, Ties

__all__ = ["against", "against_all"]

MOST_TRIED = 300  # candidates that are looked at one by one


def against_all(ties: Ties, workload: int, asker: Workload, candidates: Ints, x: Ints) -> list[str]:
    """Return what stands against one more replica on some candidates, each reason once.

    Parameters
    ----------
    candidates
        ``(k,)`` candidates of the workload.
    x
        ``(C,)`` replicas of each candidate.
    """
    found: dict[str, None] = {}
    for candidate in candidates[:MOST_TRIED].tolist():
        found.update(dict.fromkeys(against(ties, workload, asker, candidate, x)))
    return list(found)


def against(ties: Ties, workload: int, asker: Workload, candidate: int, x: Ints) -> list[str]:
    """Return the rules that hold now and would not with one more replica on a candidate."""
    more = x.copy()
    more[candidate] += asker.nodes_per_replica
    before = dict(_broken(ties, workload, asker, x))
    return [said for rule, said in _broken(ties, workload, asker, more) if rule not in before]


def _broken(
    ties: Ties, workload: int, asker: Workload, x: Ints
) -> Iterator[tuple[tuple[str, int], str]]:
    """Yield the rules of a workload that ``(C,)`` replicas break, with a number and in words."""
    for number, count in enumerate(ties.counted):
        if count.workload == workload and (said := _count_says(ties, count, x)):
            yield ("count", number), said
    for number, share in enumerate(ties.shares):
        if share.workload == workload and (said := _share_says(share, asker, x)):
            yield ("share", number), said
    for number, skew in enumerate(ties.skews):
        counts = [int(x[group].sum()) for group in skew.groups]
        if skew.workload == workload and counts and max(counts) - min(counts) > skew.skew:
            said = f"{max(counts)} in one and {min(counts)} in another, at most {skew.skew} apart"
            yield ("skew", number), f"spread: by {skew.by}, {said}"
    for number, loss in enumerate(ties.losses):
        if loss.workload == workload and (said := _loss_says(loss, x)):
            yield ("loss", number), said
    yield from _pairs_say(ties, workload, asker, x)


def _count_says(ties: Ties, rule: Counted, x: Ints) -> str:
    there = sum(bool(x[ties.presences[p].candidate].any()) for p in rule.presences.tolist())
    if there and there < rule.least:
        return f"spread: by {rule.by}, in at least {rule.least} groups or not at all"
    if rule.most is not None and there > rule.most:
        return f"spread: by {rule.by}, in at most {rule.most} groups"
    return ""


def _share_says(rule: Share, asker: Workload, x: Ints) -> str:
    counts = [int(x[group].sum()) for group in rule.groups]
    if max(counts, default=0) <= rule.share * sum(counts):
        return ""
    stated = min(each.max_fraction for each in asker.spread if each.by == rule.by)
    return f"spread: by {rule.by}, at most {stated:g} of the replicas in one group"


def _loss_says(rule: Loss, x: Ints) -> str:
    placed = int(x[rule.all_of_it].sum())
    counts = sorted((int(x[group].sum()) for group in rule.groups), reverse=True)
    left = placed - sum(counts[: rule.at_once])
    if not placed or (left >= rule.keep * placed and left >= rule.keep_units):
        return ""
    lost = rule.by if rule.at_once == 1 else f"{rule.at_once} by {rule.by}"
    return f"survive: the loss of {lost} would leave {left} of {placed}"


def _pairs_say(
    ties: Ties, workload: int, asker: Workload, x: Ints
) -> Iterator[tuple[tuple[str, int], str]]:
    for number, (one, units) in enumerate(ties.least):
        if one == workload:
            placed = int(x[ties.presences[ties.some[one]].candidate].sum())
            if 0 < placed < units:
                yield ("least", number), f"min_replicas: at least {asker.min_replicas} or none"
    for number, (presence, theirs) in enumerate(ties.together):
        mine = ties.presences[presence]
        if mine.workload == workload and x[mine.candidate].any() and not x[theirs].any():
            named = ", ".join(asker.colocate_with)
            yield ("together", number), f"colocate_with: not where {named} does not run"
    for number, pair in enumerate(ties.apart):
        sides = [ties.presences[p] for p in pair]
        concerned = any(side.workload == workload for side in sides)
        if concerned and all(x[side.candidate].any() for side in sides):
            yield ("apart", number), "separate_from: not where the other one runs"
