"""Columns of rules that follow from replicas and nodes."""

from collections.abc import Iterator

import numpy as np

from placement.formulation.milp import Ints
from placement.instance import Instance
from placement.skews import Skew
from placement.ties import Presence

__all__ = ["rule_columns"]


def rule_columns(instance: Instance, x: Ints, n: Ints) -> Iterator[tuple[str, Ints]]:
    """Yield each block of rules by name, and what it counts.

    Parameters
    ----------
    x, n
        ``(C,)`` replicas of each candidate, ``(S,)`` nodes of each supply.
    """
    ties = instance.ties
    yield "p", _ints([_is_there(presence, x, n) for presence in ties.presences])
    yield "m", _ints([_least(skew, x, n) for skew in ties.skews])
    largest, excess = [], []
    for loss in ties.several:
        counts = sorted((int(x[group].sum()) for group in loss.groups), reverse=True)
        largest.append(counts[loss.at_once - 1] if len(counts) >= loss.at_once else 0)
        excess += [max(0, int(x[group].sum()) - largest[-1]) for group in loss.groups]
    yield "t", _ints(largest)
    yield "e", _ints(excess)
    whole = [int(x[members].sum()) // int(instance.parts[w]) for w, members in instance.whole]
    yield "q", _ints(whole)
    yield "y", _ints([load.carries(x) for load in instance.loads])
    yield "l", _ints([load.left(x) for load in instance.loads])
    left = [each.left(x) for each in instance.moving]
    yield "v", np.concatenate([_ints([]), *left])
    placed = np.bincount(instance.workload, weights=x, minlength=instance.replicas.size)
    pairs = list(zip(instance.moving, left, strict=True))
    moved = [each.moved(v, int(placed[each.workload])) for each, v in pairs]
    yield "k", _ints(moved)
    falls = [each.units > placed[each.workload] for each in instance.moving if each.is_load]
    yield "d", _ints([int(fall) for fall in falls])
    if instance.limited:
        arrived = [(int(placed[e.workload]) - e.units + int(v.sum())) // e.parts for e, v in pairs]
        yield "c", _ints([each.elsewhere(v, int(placed[each.workload])) for each, v in pairs])
        yield "a", _ints([int(a < k) for a, k in zip(arrived, moved, strict=True)])


def _ints(values: list[int]) -> Ints:
    return np.array(values, dtype=np.int64)


def _is_there(presence: Presence, x: Ints, n: Ints) -> int:
    if presence.supply >= 0:
        return int(n[presence.supply] > 0)
    return int(x[presence.candidate].any())


def _least(skew: Skew, x: Ints, n: Ints) -> int:
    """Return the least replicas in any group that counts."""
    least = skew.most
    for group, supply in zip(skew.groups, skew.supply.tolist(), strict=True):
        if supply < 0 or n[supply]:
            least = min(least, int(x[group].sum()))
    return 0 if any(n[supply] for supply in skew.bulk) else least
