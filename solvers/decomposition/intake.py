"""Changes of a problem as changes of a draft's arrays."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

import numpy as np

from placement.admission import Admission, Admitted
from placement.formulation.milp import Ints
from placement.problem import Offering, Problem, Workload
from placement.problem.base import MOST_REPLICAS, Money
from placement.problem.checks import workload_issues
from placement.problem.offers import Offers
from placement.problem.revised import with_fields
from placement.session_changes import (
    Change,
    ClusterGone,
    DemandChange,
    PriceChange,
    StockChange,
    WorkloadAdded,
    WorkloadRemoved,
)
from placement.session_roster import OfferKey, Roster
from placement.solvers.decomposition.draft import Draft, More
from placement.supply import Supply

__all__ = ["Intake", "Structural"]

DEARER = 1.5  # times the dearest price at the start, up to which penalties still outweigh it
LARGEST = 10**9  # of a price in units, as placement.whole_prices has it


class Structural(Exception):
    """A change that arrays cannot follow."""


@dataclass(slots=True, kw_only=True)
class Intake:
    """Takes changes into a roster and a draft; both are copies, to be adopted together.

    Parameters
    ----------
    supplies
        The S supplies; those of a new price are exchanged.
    limits
        Number of the limit on the stock of each offering that nodes can be bought from.
    buyers
        Supplies of pools by region, type and capacity type.
    unit
        What prices are whole multiples of.
    dearest
        The dearest price for which penalties are made.
    """

    roster: Roster
    draft: Draft
    supplies: list[Supply]
    limits: Mapping[OfferKey, int]
    buyers: Mapping[tuple[str, str, str], list[int]]
    admission: Admission
    unit: Fraction
    dearest: int
    admitted: list[Admitted] = field(default_factory=list)
    repriced: set[int] = field(default_factory=set)

    def take(self, change: Change) -> None:
        """Take a change in.

        Raises
        ------
        InputError
            When the problem has no such thing, or a value is out of range.
        Structural
            When the arrays have to be made anew.
        """
        match change:
            case DemandChange():
                self._demand(change)
            case StockChange():
                self._stock(change)
            case PriceChange():
                self._price(change)
            case WorkloadAdded():
                self._add(change)
            case WorkloadRemoved():
                self._remove(change)
            case ClusterGone():
                self._lose(change)

    def _refused(self, change: Change) -> None:
        """Raise what is wrong with a change that seems to be wrong, in the problem's own words."""
        change.applied(self.roster.problem())
        raise Structural

    def _demand(self, change: DemandChange) -> None:
        number = self.roster.number_of(change.workload)
        if number is None:
            self._refused(change)
            return
        workload = with_fields(self.roster.at(number), replicas=change.replicas)
        if self.roster.replicas + change.replicas > MOST_REPLICAS:
            self._refused(change)
        self.roster.exchange(number, workload)
        self.draft.demand(number, workload.most_replicas)

    def _remove(self, change: WorkloadRemoved) -> None:
        number = self.roster.number_of(change.workload)
        if number is None:
            self._refused(change)
            return
        self.roster.remove(number)
        self.draft.demand(number, 0)

    def _offer(self, change: StockChange | PriceChange) -> tuple[int, OfferKey]:
        key = (change.region, change.instance_type, change.capacity_type, change.zone)
        at = self.roster.offers.get(key)
        if at is None:
            self._refused(change)
            raise Structural
        return at, key

    def _stock(self, change: StockChange) -> None:
        at, key = self._offer(change)
        old, limit = self.roster.offerings[at], self.limits.get(key)
        row = with_fields(old, stock=change.stock, stock_age_minutes=0.0)
        self.roster.offer(at, row)
        if limit is not None:
            none = self.draft.base.limits.NONE
            self.draft.stock(limit, none if change.stock is None else change.stock)

    def _price(self, change: PriceChange) -> None:
        at, key = self._offer(change)
        row = with_fields(self.roster.offerings[at], price=change.price)
        price = int(Fraction(Money.exact(row.price)) / self.unit)
        if price > LARGEST or price > DEARER * self.dearest:
            raise Structural
        self.roster.offer(at, row)
        zones = Offers(self.roster.offerings[i] for k, i in self._rows(key)).of(*key[:3])  # type: ignore[arg-type]
        there = [s for s in self.buyers.get(key[:3], ()) if self._is_of(s, row, zones)]
        for supply in there:
            self.supplies[supply] = replace(self.supplies[supply], price=row.price)
        self.draft.reprice(there, price)
        self.repriced.update(there)

    def _rows(self, key: OfferKey) -> list[tuple[OfferKey, int]]:
        return [(k, at) for k, at in self.roster.offers.items() if k[:3] == key[:3]]

    def _is_of(self, at: int, row: Offering, zones: Mapping[str | None, Offering]) -> bool:
        """Return whether an offering says what nodes of a supply cost."""
        supply = self.supplies[at]
        if row.zone != (supply.zone if supply.zone in zones else None):
            return False
        if not supply.running:
            return True
        own = {n.name: n.price for n in supply.cluster.nodes}
        stated = [own[name] is not None for name in supply.nodes]
        if any(stated) and not all(stated):
            raise Structural
        return not any(stated)

    def _lose(self, change: ClusterGone) -> None:
        clusters = {each.name: each for each in self.roster.base.clusters}
        if change.cluster not in clusters:
            self._refused(change)
        if any(node.instance_type for node in clusters[change.cluster].nodes):
            raise Structural
        self.roster.lose(change.cluster)
        lost = [at for at, s in enumerate(self.supplies) if s.cluster.name == change.cluster]
        lost = [at for at in lost if not self.draft.gone[at]]
        self.draft.lose(np.array(lost, dtype=np.int64))

    def _add(self, change: WorkloadAdded) -> None:
        workload = change.workload
        alone = self._alone(workload)
        if any(workload_issues(alone, workload)):
            self._refused(change)
        if self.roster.replicas + workload.most_replicas > MOST_REPLICAS:
            self._refused(change)
        if not self.admission.takes(workload):
            raise Structural
        rank = self._rank(workload)
        old = self.roster.numbers.get(workload.key)
        found = self.admission.of(workload, alone, self.draft.gone)
        more = self._more(workload, rank, found)
        if old is not None:
            self.draft.demand(old, 0)
        number = self.roster.add(workload)
        assert self.draft.join(more) == number
        self.admitted.append(found)

    def _alone(self, workload: Workload) -> Problem:
        """Return the problem with one workload alone."""
        base = self.roster.base
        fields = {name: getattr(base, name) for name in type(base).model_fields}
        return Problem.model_construct(set(fields), **{**fields, "workloads": (workload,)})

    def _rank(self, workload: Workload) -> int:
        known = self.roster.base.workloads
        ranks = {
            each.priority: int(rank) for each, rank in zip(known, self.draft.rank, strict=False)
        }
        if workload.priority not in ranks:
            raise Structural
        return ranks[workload.priority]

    def _more(self, workload: Workload, rank: int, found: Admitted) -> More:
        """Return the arrays of a workload, in the figures of the rows that are there."""
        rows, supply = self.draft.base.rows, found.supply
        room = self.admission.found.room[supply]
        width, start = np.diff(rows.first)[supply], rows.first[supply]
        takes = np.zeros((supply.size, rows.takes.shape[1]), dtype=np.int64)
        least = np.full(supply.size, np.inf)
        exact = np.zeros(supply.size, dtype=np.bool_)
        shares = found.takes / np.maximum(room, 1)
        if (width == 0).any():
            raise Structural
        for place in range(takes.shape[1]):
            there = np.flatnonzero(width > place)
            row = start[there] + place
            there, row = there[rows.resource[row] >= 0], row[rows.resource[row] >= 0]
            amount = found.takes[there, rows.resource[row]]
            if (amount % rows.unit[row]).any():
                raise Structural
            takes[there, place] = amount // rows.unit[row]
            least[there] = np.minimum(least[there], shares[there, rows.resource[row]])
            if place == 0:
                exact[there] = _divides(takes[there, 0], rows.room[row])
        if (shares.max(axis=1) > least + 1e-12).any():
            raise Structural
        costs = [found.costs.of(workload, self.supplies[at]) for at in supply.tolist()]
        prices = [int(sum(each.values(), Fraction(0)) / self.unit) for each in costs]
        if found.costs.used and max(prices, default=0) > self.dearest:
            raise Structural
        return More(
            replicas=workload.most_replicas,
            rank=rank,
            supply=supply,
            price=np.array(prices, dtype=np.int64),
            takes=takes,
            exact=exact,
        )


def _divides(size: Ints, room: Ints) -> np.ndarray:
    """Return where a size divides a power of two: all sizes that do form a chain."""
    power = (room & (room - 1)) == 0
    found: np.ndarray = power & (size > 0) & (room % np.maximum(size, 1) == 0)
    return found
