"""The arrays of a problem that is to change: figures that outlast changes, and what they are of."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from placement.candidates import find_candidates
from placement.caps import Cap, buyers
from placement.instance import Instance, make_instance
from placement.problem import Problem
from placement.problem.base import MOST_REPLICAS
from placement.session_roster import OfferKey
from placement.solvers.decomposition.market import Limit, limiting
from placement.supply import Supply
from placement.whole_prices import FINEST_MONEY, LARGEST_PRICE

__all__ = ["lasting_instance", "pool_supplies", "stock_limits"]


def lasting_instance(problem: Problem) -> Instance:
    """Return an instance whose figures outlast changes of demand and prices.

    As many replicas fit a node as there may ever be, prices are multiples of the finest money, and
    every offering has a limit on its stock, also where none is known.
    """
    found = find_candidates(problem)
    room = found.room.copy()
    room[:, -1] = MOST_REPLICAS
    instance = make_instance(problem, replace(found, room=room))
    dearest = max(
        (int(each.max(initial=0)) for each in (instance.price, instance.replica_price)), default=0
    )
    unit = FINEST_MONEY
    while dearest * instance.unit > LARGEST_PRICE * unit:
        unit *= 10
    times = int(instance.unit / unit)
    return replace(
        instance,
        price=instance.price * times,
        replica_price=instance.replica_price * times,
        unit=unit,
        caps=(*instance.caps, *_unknown_stocks(problem, found.supplies)),
    )


def _unknown_stocks(problem: Problem, supplies: Sequence[Supply]) -> Iterator[Cap]:
    """Yield a cap that never binds for every offering that states no stock."""
    unknown = [row for row in problem.offerings if row.stock is None]
    stated = (row.model_copy(update={"stock": 0}) for row in unknown)
    fields = {name: getattr(problem, name) for name in type(problem).model_fields}
    other = Problem.model_construct(set(fields), **{**fields, "offerings": tuple(stated)})
    for row, members in buyers(other, supplies):
        if members:
            yield Cap(
                family="stock",
                label=f"stock of {row.describe()}",
                rule=f"stock of {row.describe()}",
                supply=np.array(members, dtype=np.int64),
                weight=np.ones(len(members), dtype=np.int64),
                bound=Limit.NONE,
            )


def stock_limits(instance: Instance) -> dict[OfferKey, int]:
    """Return the number of the limit on the stock of each offering that nodes can be of."""
    names = {f"stock of {row.describe()}": row for row in instance.problem.offerings}
    found: dict[OfferKey, int] = {}
    for number, cap in enumerate(limiting(instance)):
        if cap.family == "stock":
            row = names[cap.rule]
            found[row.region, row.instance_type, row.capacity_type, row.zone] = number
    return found


def pool_supplies(supplies: Sequence[Supply]) -> dict[tuple[str, str, str], list[int]]:
    """Return the supplies of pools by region, type and capacity type."""
    found: dict[tuple[str, str, str], list[int]] = {}
    for at, kind in enumerate(supplies):
        if kind.pool is not None and kind.type_name is not None:
            key = (kind.cluster.region, kind.type_name, kind.capacity_type)
            found.setdefault(key, []).append(at)
    return found
