"""Which rules over groups of nodes stand against one more replica, in words."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

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
    mine = ties.of(workload)
    own = (
        mine.counted,
        mine.shares,
        mine.skews,
        mine.losses,
        mine.least,
        mine.together,
        mine.apart,
    )
    if not any(own):
        return []
    more = x.copy()
    counted: tuple[Share | Skew | Loss, ...] = (*mine.shares, *mine.skews, *mine.losses)
    flat = {id(rule): _Flat(rule.groups) for rule in counted}
    before = dict(_broken(mine, flat, asker, x))
    found: dict[str, None] = {}
    for candidate in candidates[:MOST_TRIED].tolist():
        more[candidate] += asker.nodes_per_replica
        broken = _broken(mine, flat, asker, more)
        found.update((said, None) for rule, said in broken if rule not in before)
        more[candidate] -= asker.nodes_per_replica
    return list(found)


class _Flat:
    """Groups of candidates as one array, so that all are counted at once."""

    def __init__(self, groups: Sequence[Ints]) -> None:
        none = np.empty(0, dtype=np.int64)
        self._candidate = np.concatenate([none, *groups])
        self._group = np.repeat(np.arange(len(groups)), [group.size for group in groups])
        self._groups = len(groups)

    def counts(self, x: Ints) -> Ints:
        """Return ``(groups,)`` the replicas in each group."""
        counts = np.zeros(self._groups, dtype=np.int64)
        np.add.at(counts, self._group, x[self._candidate])
        return counts


def _broken(
    ties: Ties, flat: Mapping[int, _Flat], asker: Workload, x: Ints
) -> Iterator[tuple[tuple[str, int], str]]:
    """Yield the rules of one workload that ``(C,)`` replicas break, with a number and in words.

    Parameters
    ----------
    flat
        The groups of each rule that counts replicas by group, by the rule's identity.
    """
    for number, count in enumerate(ties.counted):
        if said := _count_says(ties, count, x):
            yield ("count", number), said
    for number, share in enumerate(ties.shares):
        if said := _share_says(share, flat[id(share)].counts(x)):
            yield ("share", number), said
    for number, skew in enumerate(ties.skews):
        if said := _skew_says(skew, flat[id(skew)].counts(x)):
            yield ("skew", number), said
    for number, loss in enumerate(ties.losses):
        if said := _loss_says(loss, flat[id(loss)].counts(x), int(x[loss.all_of_it].sum())):
            yield ("loss", number), said
    yield from _pairs_say(ties, asker, x)


def _count_says(ties: Ties, rule: Counted, x: Ints) -> str:
    there = sum(bool(x[ties.presences[p].candidate].any()) for p in rule.presences.tolist())
    if there and there < rule.least:
        return f"spread: by {rule.by}, in at least {rule.least} groups or not at all"
    if rule.most is not None and there > rule.most:
        return f"spread: by {rule.by}, in at most {rule.most} groups"
    return ""


def _share_says(rule: Share, counts: Ints) -> str:
    if int(counts.max(initial=0)) <= rule.share * int(counts.sum()):
        return ""
    return f"spread: by {rule.by}, at most {rule.stated:g} of the replicas in one group"


def _skew_says(rule: Skew, counts: Ints) -> str:
    if not counts.size or counts.max() - counts.min() <= rule.skew:
        return ""
    said = f"{counts.max()} in one and {counts.min()} in another, at most {rule.skew} apart"
    return f"spread: by {rule.by}, {said}"


def _loss_says(rule: Loss, counts: Ints, placed: int) -> str:
    left = placed - int(np.sort(counts)[::-1][: rule.at_once].sum())
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
