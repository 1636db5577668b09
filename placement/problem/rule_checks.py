"""What the rules of workloads say of one another and of the fleet."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from placement.errors import Issue, nearest, show
from placement.problem.fleet import Cluster
from placement.problem.known import Known
from placement.problem.labels import KNOWN
from placement.problem.spread import GROUPS, LOSSES, Survive
from placement.problem.workload import Workload

if TYPE_CHECKING:
    from placement.problem.problem import Problem

__all__ = ["partner_key", "rule_issues", "rule_warnings"]


def partner_key(workload: Workload, name: str) -> str:
    """Return the key of the workload that a name in a rule of another one means."""
    return name if "/" in name else f"{workload.namespace}/{name}"


def rule_issues(problem: "Problem", known: Known) -> Iterator[Issue]:
    """Yield partners, groups, types and places that rules name and nobody has."""
    keys = dict.fromkeys(workload.key for workload in problem.workloads)
    labels = _label_keys(problem)
    for position, workload in enumerate(problem.workloads):
        path = f"workloads[{position}]"
        yield from _partner_issues(workload, keys, path)
        for field, named, words in (
            ("spread", [each.by for each in workload.spread], GROUPS),
            ("survive", [each.loss_of for each in workload.survive], LOSSES),
        ):
            for number, name in enumerate(named):
                if name not in words and name not in labels:
                    hint = nearest(name, [*words, *sorted(labels)])
                    said = f"one of {', '.join(words)}"
                    rule = f"must be {said}, or the key of a label of a cluster or node{hint}"
                    where = f"{path}.{field}[{number}].{'by' if field == 'spread' else 'loss_of'}"
                    yield Issue(path=where, rule=rule, value=show(name))
        yield from _demand_issues(known, workload, path)
        yield from _current_issues(known.clusters, workload, path)


def rule_warnings(problem: "Problem") -> Iterator[str]:
    """Yield rules that can never hold, and figures that change nothing."""
    for workload in problem.workloads:
        for reason in _impossible(problem, workload):
            yield f"{workload.key}: {reason}, so none of it can be placed"
        if workload.move_cost and not workload.current:
            yield f"{workload.key}: move_cost changes nothing without current"
    if not any(workload.current for workload in problem.workloads):
        for name in ("min_saving", "max_moves"):
            if getattr(problem.objective, name):
                yield f"objective.{name} changes nothing: no workload states where it runs now"


def _impossible(problem: "Problem", workload: Workload) -> Iterator[str]:
    """Yield what no plan can give, told without looking at capacity."""
    asked = workload.most_replicas
    if workload.load is None and workload.min_replicas > asked:
        yield f"min_replicas {workload.min_replicas} exceeds its {asked} replicas"
    most = asked * workload.nodes_per_replica
    for each in workload.spread:
        there = _groups(problem, each.by)
        if each.min_groups > min(most, there):
            what = f"there {_are(there)}" if there < most else f"it has {_counted(most, 'replica')}"
            yield f"spread by {each.by} asks for {each.min_groups} groups, and {what}"
        groups = min(there, each.max_groups or there)
        if groups * each.max_fraction < 1 - 1e-9:
            share = f"at most {each.max_fraction:g} of the replicas in a group"
            yield f"spread by {each.by} has {share}, and there can be {_counted(groups, 'group')}"
    for loss in workload.survive:
        yield from _lost(problem, loss, asked)


def _lost(problem: "Problem", loss: Survive, asked: int) -> Iterator[str]:
    """Yield why too much is lost wherever replicas are; only of losses that no node outlives."""
    if loss.keep_replicas > asked:
        kept = _counted(loss.keep_replicas, "replica")
        yield f"survive {loss.loss_of} keeps {kept}, and it has {asked}"
    if loss.loss_of not in {"region", "cluster"}:
        return
    there = _groups(problem, loss.loss_of)
    if loss.keep > 1 - min(loss.groups, there) / max(there, 1) + 1e-9:
        lost = f"the loss of {min(loss.groups, there)} of {there} takes more, wherever they are"
        yield f"survive {loss.loss_of} keeps {loss.keep:g} of the replicas, and {lost}"


def _are(number: int) -> str:
    return f"{'is' if number == 1 else 'are'} {number}"


def _counted(number: int, one: str) -> str:
    return f"{number} {one if number == 1 else f'{one}s'}"


def _groups(problem: "Problem", by: str) -> int:
    """Return how many groups there can be at most; many where that is not told here."""
    match by:
        case "region":
            return len({cluster.region for cluster in problem.clusters})
        case "cluster":
            return len(problem.clusters)
        case "node_pool":
            return sum(len(cluster.node_pools) for cluster in problem.clusters)
        case "capacity_type":
            return 3
    return 2**31


def _label_keys(problem: "Problem") -> set[str]:
    """Return the keys of all labels of clusters, pools and nodes, well-known ones included."""
    found = {key for cluster in problem.clusters for key in cluster.labels} | {*KNOWN}
    for cluster in problem.clusters:
        found |= {key for pool in cluster.node_pools for key in pool.labels}
        found |= {key for node in cluster.nodes for key in node.labels}
    return found


def _partner_issues(workload: Workload, keys: Mapping[str, None], path: str) -> Iterator[Issue]:
    for field in ("colocate_with", "separate_from"):
        for number, name in enumerate(getattr(workload, field)):
            key, rule = partner_key(workload, name), ""
            if key == workload.key:
                rule = "names the workload itself"
            elif key not in keys:
                rule = f"names no workload of the problem{nearest(key, keys)}"
            if rule:
                yield Issue(path=f"{path}.{field}[{number}]", rule=rule, value=show(name))
    both = {partner_key(workload, name) for name in workload.colocate_with}
    both &= {partner_key(workload, name) for name in workload.separate_from}
    for key in sorted(both):
        rule = "is named by colocate_with, too, which contradicts it"
        yield Issue(path=f"{path}.separate_from", rule=rule, value=show(key))


def _demand_issues(known: Known, workload: Workload, path: str) -> Iterator[Issue]:
    """Yield types that a load names and nobody has, and demands that contradict each other."""
    if workload.replicas is None and workload.load is None:
        yield Issue(path=f"{path}.replicas", rule="is required, or a load in its place")
    if workload.replicas is not None and workload.load is not None:
        rule = "must not stand beside replicas; state one of the two"
        yield Issue(path=f"{path}.load", rule=rule)
    if workload.load is not None:
        for name in workload.load.per_replica:
            if name not in known.types:
                rule = f"no instance type has this name{nearest(name, sorted(known.types))}"
                where = f"{path}.load.per_replica.{name}"
                yield Issue(path=where, rule=rule, value=show(name))
    if workload.nodes_per_replica > 1 and workload.serving.pipeline_parallel > 1:
        rule = (
            "has no meaning beside serving.pipeline_parallel, whose stages share a node here; "
            "state GPUs per node in requests"
        )
        value = str(workload.nodes_per_replica)
        yield Issue(path=f"{path}.nodes_per_replica", rule=rule, value=value)


def _current_issues(
    clusters: Mapping[str, Cluster], workload: Workload, path: str
) -> Iterator[Issue]:
    twice: Counter[tuple[str, str | None, str | None]] = Counter()
    for number, row in enumerate(workload.current):
        where = f"{path}.current[{number}]"
        twice[row.cluster, row.node_pool, row.node] += 1
        if twice[row.cluster, row.node_pool, row.node] == 2:
            yield Issue(path=where, rule="names a place a second time; every one may be once")
        cluster = clusters.get(row.cluster)
        if cluster is None:
            rule = f"no cluster has this name{nearest(row.cluster, clusters)}"
            yield Issue(path=f"{where}.cluster", rule=rule, value=show(row.cluster))
            continue
        pools = [pool.name for pool in cluster.node_pools]
        if row.node_pool is not None and row.node_pool not in pools:
            rule = f"no node pool of {cluster.name} has this name{nearest(row.node_pool, pools)}"
            yield Issue(path=f"{where}.node_pool", rule=rule, value=show(row.node_pool))
            continue
        nodes = [node.name for node in cluster.nodes if node.node_pool == row.node_pool]
        if row.node is not None and row.node not in nodes:
            of = f"node pool {row.node_pool}" if row.node_pool else "no pool"
            theirs = [node.node_pool for node in cluster.nodes if node.name == row.node]
            hint = f"; it is of {theirs[0] or 'no pool'}" if theirs else nearest(row.node, nodes)
            rule = f"no node of {of} has this name in {cluster.name}{hint}"
            yield Issue(path=f"{where}.node", rule=rule, value=show(row.node))
        elif row.node is not None and workload.nodes_per_replica > 1:
            rule = "has no meaning where a replica takes several nodes; name the pool alone"
            yield Issue(path=f"{where}.node", rule=rule, value=show(row.node))
