"""The cheapest-first rule: free capacity, then the type with the lowest price per replica.

What SkyPilot's optimizer does for one task (its documentation, section "Auto-failover": the
cheapest place first, the next one where that is out of stock), for each workload in turn.
"""

import numpy as np

from placement.solvers.greedy.ledger import Ledger
from placement.solvers.greedy.moves import buy, by_priority, drop_needless, fill, rising
from placement.solvers.greedy.plan import Left
from placement.solvers.greedy.reasons import no_room

__all__ = ["cheapest"]


def cheapest(ledger: Ledger) -> Left:
    """Place every workload by price per replica of a full node; return what is left out, and why.

    Of a load it is the price of what a full node carries. Nodes that run or were bought before are
    filled first; equal prices go by the offer's name.
    """
    candidates = ledger.candidates
    worth = ledger.demands.worth
    prices = np.array([supply.price for supply in candidates.supplies])
    left: dict[int, tuple[int, tuple[str, ...]]] = {}
    for number in by_priority(candidates):
        missing = fill(ledger, number, ledger.left[number])
        if missing:
            offers = ledger.open_offers(number)
            each = prices[candidates.supply[offers]] / (ledger.per_node(offers) * worth[offers])
            for candidate in rising(offers, each):
                if missing == 0:
                    break
                missing = buy(ledger, candidate, missing)
        drop_needless(ledger, number)
        left[number] = (missing, no_room(ledger, number) if missing else ())
    return left
