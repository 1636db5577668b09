"""Sainte-Laguë apportionment with Karmada's tie rules.

Source: Karmada master f8fdd02d (2026-08-21, after v1.19.0-rc.0), ``pkg/util/helper`` (Webster
method); releases before 1.16 divided by floors and remainders instead.
"""

import heapq
from collections.abc import Mapping

__all__ = ["fnv1a_32", "webster"]

_FNV_OFFSET = 0x811C9DC5  # FNV-1a, 32 bits: offset basis (RFC 9923, section 5)
_FNV_PRIME = 0x01000193  # FNV-1a, 32 bits: prime (RFC 9923, section 5)


def fnv1a_32(text: str) -> int:
    """Return the 32-bit FNV-1a hash of the UTF-8 bytes of ``text``."""
    value = _FNV_OFFSET
    for byte in text.encode():
        value = (value ^ byte) * _FNV_PRIME & 0xFFFFFFFF
    return value


def webster(votes: Mapping[str, int], seats: int, uid: str = "") -> dict[str, int]:
    """Return the seats of each party, by name in ascending order; seats may be zero.

    Seat after seat goes to the largest ``votes / (2 * seats + 1)``; a tie goes to the party with
    fewer seats, then by name: ascending if ``uid`` is empty or its hash even, else descending.

    Parameters
    ----------
    votes
        Weight of each party, not negative; with no weight at all, ties decide alone.
    seats
        Seats to give, in all.
    uid
        ``spec.resource.uid`` of the binding, which seeds the last tie rule.
    """
    names = sorted(votes)
    won = _head_start(votes, seats)
    descending = bool(uid) and fnv1a_32(uid) % 2 == 1
    rank = {name: -place if descending else place for place, name in enumerate(names)}
    heap = [(-votes[name] / (2 * won[name] + 1), won[name], rank[name], name) for name in names]
    heapq.heapify(heap)
    for _ in range(seats - sum(won.values()) if names else 0):
        _, held, place, name = heap[0]
        won[name] = held + 1
        bid = -votes[name] / (2 * held + 3)
        heapq.heapreplace(heap, (bid, held + 1, place, name))
    return {name: won[name] for name in names}


def _head_start(votes: Mapping[str, int], seats: int) -> dict[str, int]:
    """Return seats that every bid of at least a common price wins, at most ``seats`` in all.

    With the price total / (2 * (seats - parties)) party i wins round(votes_i / (2 * price)), halves
    up, together at most (seats - parties) + parties / 2. All ties at that price are in, so one seat
    after another would reach the same state.
    """
    total = sum(votes.values())
    sure = seats - len(votes)
    if total == 0 or sure <= 0:
        return dict.fromkeys(votes, 0)
    return {name: (2 * vote * sure + total) // (2 * total) for name, vote in votes.items()}
