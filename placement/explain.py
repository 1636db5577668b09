"""Why a workload is where a plan puts it, and why not elsewhere."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

import numpy as np

from placement.candidates import find_candidates, most_units
from placement.caps import Cap, find_caps
from placement.changes import find_changes
from placement.eligibility import missing_room
from placement.errors import InputError, Issue, show
from placement.explanation import Alternative, Chosen, Explanation, Limit, Place, Refusal
from placement.formulation.milp import Ints
from placement.located import Located, replicas_on
from placement.plan import NodePlan, Plan
from placement.problem import Problem
from placement.problem.demands import positions_of
from placement.replica_costs import ReplicaCosts
from placement.shares import spot_shares
from placement.supply import Supply
from placement.tie_making import ties_of
from placement.tie_reasons import against
from placement.totals import budget_totals, resource_totals

__all__ = ["explain", "workload_number"]


def explain(problem: Problem, plan: Plan, workload: str) -> Explanation:
    """Return why a workload is where a plan puts it.

    Parameters
    ----------
    plan
        A valid plan for ``problem``, by whatever rule.
    workload
        ``namespace/name``, or the name alone where only one workload has it.

    Raises
    ------
    InputError
        When there is no such workload, or several have the name.
    """
    case = _Case(problem, plan, workload_number(problem, workload))
    chosen = tuple(case.chosen())
    alternatives = tuple(case.alternatives(chosen))
    refusals = (*case.refusals(), *case.without_offer())
    asker = problem.workloads[case.number]
    left = [row for row in plan.unplaced if row.workload == asker.key]
    found = Explanation(
        workload=asker.key,
        currency=problem.currency,
        replicas=asker.most_replicas,
        placed=sum(row.replicas for row in plan.assignments if row.workload == asker.key),
        nodes_per_replica=asker.nodes_per_replica,
        load=asker.load,
        not_carried=sum(row.load or 0.0 for row in left),
        chosen=chosen,
        refusals=refusals,
        alternatives=alternatives,
        limits=tuple(case.limits()),
        left_out=tuple(reason for row in left for reason in row.reasons),
        changes=tuple(row.repair for row in left if row.repair),
    )
    return find_changes(found)


def workload_number(problem: Problem, name: str) -> int:
    """Return the position of the workload that a name means.

    Raises
    ------
    InputError
        When there is no such workload, or several have the name.
    """
    first, *more = positions_of(problem, name)
    if more:
        keys = " or ".join(problem.workloads[at].key for at in (first, *more))
        rule = f"is the name of several workloads; give {keys}"
        raise InputError([Issue(path="workload", rule=rule, value=show(name))])
    return first


class _Case:
    """One workload of one plan, with what is looked up often."""

    def __init__(self, problem: Problem, plan: Plan, number: int) -> None:
        self.number = number
        self._problem = problem
        self._workload = problem.workloads[number]
        self._found = find_candidates(problem)
        self._supplies = self._found.supplies
        self._costs = ReplicaCosts(problem, self._found.paths)
        self._caps = find_caps(problem, self._supplies)
        self._column = {
            (int(w), int(s)): column
            for column, (w, s) in enumerate(
                zip(self._found.workload, self._found.supply, strict=True)
            )
        }
        self._mine = [s for s in range(len(self._supplies)) if (number, s) in self._column]
        self._nodes = _by_supply(self._supplies, plan)
        counts = [len(self._nodes.get(s, ())) for s in range(len(self._supplies))]
        self._count = np.array(counts, dtype=np.int64)
        self._totals = (*resource_totals(self._found), *budget_totals(self._found))
        self._shares = spot_shares(self._found)
        self._ties = ties_of(self._found, most_units(problem))
        self._numbers = {w.key: i for i, w in enumerate(problem.workloads)}
        self._x = replicas_on(self._found, plan.nodes)

    def _carried(self, position: int, node: NodePlan) -> Iterator[tuple[int, int]]:
        """Yield candidate and number of the replicas on a node of a supply."""
        for key, count in _on(node).items():
            column = self._column.get((self._numbers.get(key, -1), position))
            if column is not None:
                yield column, count

    def chosen(self) -> Iterator[Chosen]:
        """Yield the places with replicas of the workload."""
        key = self._workload.key
        for position in self._mine:
            nodes = [n for n in self._nodes.get(position, ()) if key in _on(n)]
            if not nodes:
                continue
            supply = self._supplies[position]
            yield Chosen(
                place=self._place(position),
                replicas=sum(_on(node)[key] for node in nodes),
                gpus_per_replica=int(self._found.gpus[self._column[self.number, position]]),
                nodes=tuple(node.name for node in nodes),
                shares_with=tuple(sorted({other for n in nodes for other in _on(n)} - {key})),
                memory=self._found.sizing.fit(self._workload, supply.kind) if supply.kind else None,
            )

    def refusals(self) -> Iterator[Refusal]:
        """Yield the places that the workload may not use."""
        rules = self._found.rules
        for position, supply in enumerate(self._supplies):
            rule, reason = self._found.why_not(self.number, position)
            if not rule or supply.bulk:
                continue
            against = sum(bool(r.refusal(self._workload, supply)) for r in rules)
            needs = self._needs(supply)
            against += bool(needs is not None and missing_room(needs, supply.room))
            if rule == "memory_fit" and supply.kind:
                flags = self._found.sizing.flags_that_help(self._workload, supply.kind)
                reason += f"; with {' or '.join(flags)} it would fit" if flags else ""
            yield Refusal(
                place=self._place(position), rule=rule, reason=reason, rules_against=against
            )

    def without_offer(self) -> Iterator[Refusal]:
        """Yield the node pools that cannot grow, and clusters that have nothing at all."""
        growing = {(s.cluster.name, s.pool.name) for s in self._supplies if s.pool and not s.nodes}
        for cluster in self._problem.clusters:
            for pool in cluster.node_pools:
                if (cluster.name, pool.name) not in growing:
                    offer = f"{pool.capacity_type} offering of {pool.instance_type}"
                    reason = f"the pool cannot grow: no {offer} where its nodes may be"
                    place = _nowhere(
                        cluster.name, pool.name, pool.instance_type, pool.capacity_type
                    )
                    yield Refusal(place=place, rule="offering", reason=reason)
            if not cluster.node_pools and not cluster.nodes:
                reason = "the cluster has neither a node nor a node pool"
                place = _nowhere(cluster.name, None, None, "on-demand")
                yield Refusal(place=place, rule="offering", reason=reason)

    def alternatives(self, chosen: tuple[Chosen, ...]) -> Iterator[Alternative]:
        """Yield the possible places that carry none of the workload, or could carry no more."""
        used = {row.place: row.place.per_replica or 0.0 for row in chosen}
        short = sum(row.replicas for row in chosen) < self._workload.most_replicas
        places = {position: self._place(position) for position in self._mine}
        others = self._x.copy()
        if not short and used:
            dearest = max(
                (p for p in self._mine if places[p] in used), key=lambda p: used[places[p]]
            )
            others[self._column[self.number, dearest]] -= 1  # it would move
        for position, place in places.items():
            if not short and place in used and used[place] >= max(used.values()):
                continue
            held = self._held(position, others)
            rule, reason = held if held[0] else self._blocked(position)
            if place in used and not rule:
                continue
            if not rule:
                rule, reason = _why_not_cheaper(place, chosen)
            yield Alternative(place=place, rule=rule, reason=reason)

    def limits(self) -> Iterator[Limit]:
        """Yield the limits over nodes that the workload may use."""
        mine = set(self._mine)
        for cap in self._caps:
            if mine.intersection(cap.supply.tolist()):
                used = self._used(cap)
                spare = cap.bound - used
                binds = spare <= 0 if cap.family == "pool_minimum" else spare < self._least(cap)
                yield Limit(
                    family=cap.family, label=cap.label, used=used, bound=cap.bound, binds=binds
                )

    def _used(self, cap: Cap) -> int:
        return int((cap.weight * self._count[cap.supply]).sum())

    def _least(self, cap: Cap) -> int:
        """Return the least that one more node for the workload would take of a limit."""
        return int(cap.weight[np.isin(cap.supply, self._mine)].min())

    def _blocked(self, position: int) -> tuple[str, str]:
        """Return which limit, or the lack of room, keeps further replicas out; else nothing."""
        if self._supplies[position].running:
            return ("", "") if self._has_room(position) else ("capacity", "no room is left on it")
        for cap in self._caps:
            if cap.family == "pool_minimum" or position not in cap.supply:
                continue
            used = self._used(cap)
            weight = int(cap.weight[cap.supply == position][0])
            if used + weight > cap.bound:
                return (
                    cap.family,
                    f"{cap.label} is used up ({cap.says(used)} of {cap.says(cap.bound)})",
                )
        return "", ""

    def _held(self, position: int, others: Ints) -> tuple[str, str]:
        """Return which limit, budget or share keeps one replica more out; else nothing.

        Parameters
        ----------
        others
            ``(C,)`` replicas of each candidate that stay where they are.
        """
        column = np.array([self._column[self.number, position]])
        said = [total.says(column, others) for total in self._totals]
        if self._supplies[position].capacity_type == "spot":
            share = self._shares.says(self.number, others)
            said.append(share and (self._shares.says(self.number, self._x) or share))
        said += against(self._ties, self.number, self._workload, column, others)
        rule, _, reason = next(filter(None, said), "").partition(": ")
        return rule, reason

    def _has_room(self, position: int) -> bool:
        """Return whether some running node of a supply still has room for a replica."""
        needs = self._found.takes
        mine = needs[self._column[self.number, position]]
        for node in self._nodes.get(position, ()):
            left = self._found.room[position].copy()
            for column, count in self._carried(position, node):
                left -= count * needs[column]
            if (mine <= left).all():
                return True
        return False

    def _needs(self, supply: Supply) -> dict[str, int] | None:
        """Return what a replica takes of a node, or None where the model does not fit."""
        sizing = self._found.sizing
        gpus = sizing.gpus(self._workload, supply.kind)
        return None if gpus < 0 else sizing.requests(self._workload, supply.kind, gpus)

    def _place(self, position: int) -> Place:
        supply = self._supplies[position]
        return Place(
            cluster=supply.cluster.name,
            node_pool=supply.pool.name if supply.pool else None,
            instance_type=supply.type_name,
            capacity_type=supply.capacity_type,
            zone=supply.zone,
            running=supply.running,
            paid_anyway=supply.running and not supply.releasable,
            price=supply.price,
            per_node=_per_node(self._needs(supply), supply.room),
            extra=float(sum(self._costs.of(self._workload, supply).values())),
        )


def _by_supply(supplies: tuple[Supply, ...], plan: Plan) -> dict[int, list[NodePlan]]:
    """Return the nodes that the plan keeps or buys, by the supply that they are of."""
    located = Located(supplies)
    nodes: defaultdict[int, list[NodePlan]] = defaultdict(list)
    for node in plan.nodes:
        position = located.of(node)
        if position is not None and node.state != "released":
            nodes[position].append(node)
    return nodes


def _on(node: NodePlan) -> dict[str, int]:
    return {row.workload: row.replicas for row in node.replicas}


def _per_node(needs: Mapping[str, int] | None, room: Mapping[str, int]) -> int:
    """Return how many replicas a node holds; ``pods`` absent is no limit."""
    asked = {} if needs is None else {k: n for k, n in needs.items() if n}
    if "pods" not in room:
        asked.pop("pods", None)
    return min((room.get(resource, 0) // amount for resource, amount in asked.items()), default=0)


def _nowhere(cluster: str, pool: str | None, kind: str | None, capacity_type: str) -> Place:
    return Place(
        cluster=cluster,
        node_pool=pool,
        instance_type=kind,
        capacity_type=capacity_type,
        zone=None,
        running=False,
        paid_anyway=False,
        price=0.0,
        per_node=0,
    )


def _why_not_cheaper(place: Place, chosen: tuple[Chosen, ...]) -> tuple[str, str]:
    """Return why a place that is open is not used, judged by its price on full nodes."""
    cost = place.per_replica
    dearest = max(chosen, key=lambda row: row.place.per_replica or 0.0, default=None)
    if dearest is None or cost is None:
        return "whole", "possible by itself; other workloads took what it would need"
    paid = dearest.place.per_replica or 0.0
    if cost > paid:
        return "cost", f"{cost:.4g} per replica, where the dearest place chosen costs {paid:.4g}"
    if cost == paid:
        return "whole", "costs the same; fewer moves, nodes and clusters, then names decided"
    nodes = -(-dearest.replicas // place.per_node)
    whole = nodes * place.price + dearest.replicas * place.extra
    if whole >= paid * dearest.replicas:
        return "whole", (
            f"{cost:.4g} per replica only on full nodes: {nodes} of {place.per_node} replicas "
            f"each would cost {whole:.4g} for the {dearest.replicas} in {dearest.place}"
        )
    return "whole", "cheaper by itself; the plan as a whole is not, or the search ended before"
