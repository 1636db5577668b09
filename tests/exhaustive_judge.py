"""Whether counts of a whole plan hold the rules of its workloads, and what their moves come to."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from placement.problem import Load, Problem, Spread, Survive, Workload
from tests.exhaustive_groups import word_of
from tests.exhaustive_nodes import is_whole
from tests.exhaustive_tallies import SPOT, Label, Tallies
from tests.exhaustive_world import Bin

__all__ = ["Judge", "move_price"]


@dataclass(kw_only=True)
class _Counts:
    """What is counted of one workload, which spans so many nodes a replica."""

    spans: int
    groups: dict[str, dict[object, int]] = field(default_factory=dict)
    nodes: list[tuple[int, bool]] = field(default_factory=list)
    rates: dict[str, int] = field(default_factory=dict)
    stays: int = 0


class Judge:
    """The last word on counts: which hold, what they place and what moves."""

    def __init__(
        self, problem: Problem, workloads: list[Workload], bins: list[Bin], tallies: Tallies
    ) -> None:
        self._problem, self._workloads, self._tallies = problem, workloads, tallies
        self._forced = {w.key: _forced(w, bins) for w in problem.workloads}

    def holds(self, counts: dict[str, int], used: int) -> bool:
        """Return whether every rule of every workload holds."""
        counted = self._by_workload(used)
        most = self._problem.objective.max_moves
        if most is not None and self._bound_moves(counts, counted) > most:
            return False
        return all(
            self._holds(workload, counts[workload.key], counted[workload.key])
            for workload in self._workloads
            if counts[workload.key]
        )

    def _by_workload(self, used: int) -> dict[str, _Counts]:
        found = {w.key: _Counts(spans=w.nodes_per_replica) for w in self._workloads}
        for label, count in self._tallies.counted(used).items():
            _count(found[str(label[1])], label, count)
        return found

    def _holds(self, workload: Workload, placed: int, counted: _Counts) -> bool:
        spans = workload.nodes_per_replica
        return (
            placed >= workload.min_replicas
            and all(
                self._spread(workload, each, placed * spans, counted) for each in workload.spread
            )
            and all(_survives(each, placed, counted) for each in workload.survive)
            and _needed(workload, placed, counted)
        )

    def _spread(self, workload: Workload, rule: Spread, nodes: int, counted: _Counts) -> bool:
        key = word_of(rule.by)
        if key == "node":
            full = [here for here, _ in counted.nodes if here]
            candidates = [here for here, candidate in counted.nodes if candidate]
        else:
            by_group = counted.groups.get(key, {})
            full = list(by_group.values())
            there = self._tallies.always.get((workload.key, key), frozenset())
            candidates = [by_group.get(group, 0) for group in there]
        most = rule.max_groups
        return (
            rule.min_groups <= len(full)
            and (most is None or len(full) <= most)
            and all(here <= Fraction(str(rule.max_fraction)) * nodes for here in full)
            and (
                rule.max_skew is None
                or max(full) - min(candidates, default=max(full)) <= rule.max_skew
            )
        )

    def placed(self, counts: dict[str, int], used: int) -> tuple[Fraction | int, ...]:
        """Return what is placed of every priority, the highest first; loads count as shares."""
        placed: dict[int, Fraction | int] = dict.fromkeys(
            sorted({w.priority for w in self._workloads}, reverse=True), 0
        )
        for workload in self._workloads:
            count: Fraction | int = counts[workload.key]
            if workload.load is not None:
                carried = self.carried(workload, counts, used)
                count = carried / Fraction(str(workload.load.amount))
            placed[workload.priority] += count
        return tuple(placed.values())

    def carried(self, workload: Workload, counts: dict[str, int], used: int) -> Fraction:
        """Return how much of a workload's load is carried."""
        assert workload.load is not None
        counted = self._by_workload(used)[workload.key]
        return min(
            Fraction(str(workload.load.amount)),
            _capacity(workload.load, counts[workload.key], counted),
        )

    def moved(self, counts: dict[str, int], used: int) -> tuple[int, Decimal]:
        """Return how many running replicas move, and the price of it per hour."""
        counted = self._by_workload(used)
        total, price = 0, Decimal(0)
        for workload in self._workloads:
            moved = _leaving(workload, counts[workload.key], counted[workload.key].stays)
            total += moved
            price += moved * move_price(self._problem, workload)
        return total, price

    def _bound_moves(self, counts: dict[str, int], counted: dict[str, _Counts]) -> int:
        """Return how many running replicas move elsewhere that could stay."""
        total = 0
        for w in self._workloads:
            placed, stays = counts[w.key], counted[w.key].stays
            moved = min(_leaving(w, placed, stays), placed - stays)
            total += max(0, moved - self._forced[w.key])
        return total


def move_price(problem: Problem, workload: Workload) -> Decimal:
    """Return what one moved replica costs per hour, as an exact decimal."""
    price = Decimal(str(workload.move_cost)) / Decimal(str(problem.objective.horizon_hours))
    exact = Fraction(str(workload.move_cost)) / Fraction(str(problem.objective.horizon_hours))
    assert Fraction(price) == exact, "the test's figures must make terminating decimals"
    return price


def _count(counts: _Counts, label: Label, count: int) -> None:
    match label:
        case ("group", _, str(key), group):
            counts.groups.setdefault(key, {})[group] = count
        case ("node", _, int(here), bool(candidate)):
            counts.nodes += [(here, candidate)] * count
        case ("rate", _, str(rate)):
            counts.rates[rate] = count // counts.spans  # the nodes of a replica are of one type
        case ("stays", _):
            counts.stays = count


def _survives(rule: Survive, placed: int, counted: _Counts) -> bool:
    key = SPOT if rule.loss_of == "spot" else word_of(rule.loss_of)
    by_group: Iterable[int] = counted.groups.get(key, {}).values()
    if key == "node":
        by_group = [here for here, _ in counted.nodes]
    spans = counted.spans
    left = placed * spans - sum(sorted(by_group, reverse=True)[: rule.groups])
    share = Fraction(str(rule.keep)) * placed * spans
    return left >= share and left >= rule.keep_replicas * spans


def _capacity(load: Load, placed: int, counted: _Counts) -> Fraction:
    """Return how much the replicas placed could carry."""
    rates = {str(rate) for rate in load.per_replica.values()}
    by_rate = counted.rates if len(rates) > 1 else {next(iter(rates)): placed}
    assert sum(by_rate.values()) == placed
    return sum((Fraction(rate) * count for rate, count in by_rate.items()), Fraction(0))


def _needed(workload: Workload, placed: int, counted: _Counts) -> bool:
    """Return whether none of a load's replicas can be dropped, where no other rule needs them."""
    load = workload.load
    spread = any(s.min_groups > 1 for s in workload.spread)
    if load is None or workload.survive or spread or workload.min_replicas > 1:
        return True
    rates = {str(rate) for rate in load.per_replica.values()}
    used = [rate for rate, n in counted.rates.items() if n] if len(rates) > 1 else [*rates]
    without = _capacity(load, placed, counted) - min(Fraction(rate) for rate in used)
    return without < Fraction(str(load.amount))


def _leaving(workload: Workload, placed: int, stays: int) -> int:
    """Return how many running replicas move; those that a smaller demand takes away do not."""
    now = sum(row.replicas for row in workload.current)
    asked = placed if workload.load is not None else workload.replicas or 0
    return now - stays - max(0, now - asked)


def _forced(workload: Workload, bins: list[Bin]) -> int:
    """Return how many running replicas are where not a single one can be any more."""
    return sum(
        row.replicas
        for row in workload.current
        if not any(
            workload.key in each.needs
            and (workload.nodes_per_replica == 1 or is_whole(each))
            and all(
                amount <= each.room.get(resource, amount if resource == "pods" else 0)
                for resource, amount in each.needs[workload.key].items()
            )
            and (row.cluster, row.node_pool) == each.group[:2]
            and (row.node is None or (each.node is not None and each.node.name == row.node))
            for each in bins
        )
    )
