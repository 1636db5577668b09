"""Which rules of a problem could be relaxed to any effect."""

from collections.abc import Iterator

from placement.caps import find_caps
from placement.eligibility import static_rules
from placement.paths import paths_of
from placement.problem import Problem
from placement.relaxing.fleet import fleet_figures, fleet_minima, most_moves
from placement.relaxing.groups import group_rules
from placement.relaxing.places import place_rules
from placement.relaxing.rule import Relaxable
from placement.relaxing.uncertain import least_confidence, uncertain_stocks
from placement.sizing import Sizing
from placement.supplies import supplies
from placement.supply import Supply

__all__ = ["figures", "relaxables"]

_RULE_OF = {"tolerations": "taints", "max_ms": "users"}
_RULE_OF |= dict.fromkeys(("instance_types", "gpu_models"), "allowed_types")


def figures(problem: Problem) -> tuple[Relaxable, ...]:
    """Return every stock, quota, pool maximum, cluster limit, limit and budget."""
    return tuple(fleet_figures(problem))


def relaxables(problem: Problem) -> tuple[Relaxable, ...]:
    """Return the rules that an operator could change and that can keep a replica out.

    Left out are rules that cannot, whatever else is changed: figures that count no node there is
    or could be, stock and maxima beyond all that replicas and minima could ever need, rules on
    places that refuse no place, and rules of workloads without replicas. What nobody can change
    by a rule is not among them: what a node holds, whether a model fits a GPU's memory, where
    nothing is on offer.
    """
    fleet = supplies(problem)
    counted = {f"{cap.rule}:" for cap in find_caps(problem, fleet)}
    doubtful = {rule.label: rule for rule in uncertain_stocks(problem)}
    plain = (rule for rule in fleet_figures(problem) if rule.label not in doubtful)
    found = [
        rule
        for rule in (*plain, *doubtful.values())
        if not _is_ample(problem, rule)
        and (rule.label in counted or rule.kind in {"limit", "budget"})
    ]
    if not doubtful.keys().isdisjoint(rule.label for rule in found):
        found += least_confidence(problem)
    found += fleet_minima(problem)
    found += most_moves(problem)
    for at, workload in enumerate(problem.workloads):
        if workload.most_replicas:
            found += group_rules(at, workload, fleet)
    found += _places(problem, fleet)
    return tuple(found)


def _is_ample(problem: Problem, rule: Relaxable) -> bool:
    """Return whether a stock or a maximum is beyond what could be bought to any use.

    No plan has to have more new nodes than replicas take (each carries one, or one of several
    nodes of one) and minima ask for: any others can be left out, and every rule still holds.
    """
    if rule.kind not in {"stock", "pool_maximum"} or rule.figure is None:
        return False
    needed = sum(each.most_replicas * each.nodes_per_replica for each in problem.workloads)
    needed += sum(pool.min_nodes for cluster in problem.clusters for pool in cluster.node_pools)
    if rule.kind == "pool_maximum":  # which counts nodes that run, too
        needed += sum(len(cluster.nodes) for cluster in problem.clusters)
    return rule.figure >= needed


def _places(problem: Problem, fleet: tuple[Supply, ...]) -> Iterator[Relaxable]:
    """Yield the rules on places that refuse a kind of node."""
    found = static_rules(problem, Sizing.of(problem), paths_of(problem))
    rules = {rule.name: rule for rule in found}
    offers = {
        name: tuple({rule.supply_key(supply): supply for supply in fleet}.values())
        for name, rule in rules.items()
    }
    for at, workload in enumerate(problem.workloads):
        if not workload.most_replicas:
            continue
        for each in place_rules(at, workload):
            name = _RULE_OF.get(each.kind, each.kind)
            says = each.stated or each.kind == "tolerations"
            if says and not all(rules[name].admits(workload, supply) for supply in offers[name]):
                yield each
