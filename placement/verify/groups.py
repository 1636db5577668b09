"""Groups of nodes by a key, and the groups in which a workload could be."""

from collections.abc import Iterator

from placement.plan import NodePlan
from placement.problem import Problem, Workload
from placement.verify.affinity import provider_of
from placement.verify.case import Case
from placement.verify.eligible import Eligible
from placement.verify.hosts import Host, new_host, running_host
from placement.verify.offers import possible_zones
from placement.verify.selector import WELL_KNOWN, stated_labels

__all__ = ["Candidates", "Group", "group_of", "possible_hosts", "running_hosts", "undecided"]

Group = tuple[str, ...]
"""A group by its name; names of zones, node pools and nodes stand behind whose they are."""


def _word(key: str) -> str:
    """Return the word that a key means; a label that is not well-known means itself."""
    return "node" if key == "kubernetes.io/hostname" else WELL_KNOWN.get(key, key)


def group_of(problem: Problem, host: Host, key: str) -> Group | None:
    """Return the group of a node by a key, or None where the node lacks it."""
    names = _names(problem, host, key)
    return None if None in names else tuple(name for name in names if name is not None)


def _names(problem: Problem, host: Host, key: str) -> tuple[str | None, ...]:
    """Return what names the group; None in it where the node lacks the key."""
    cluster, pool = host.cluster, host.pool
    match _word(key):
        case "cluster":
            return (cluster.name,)
        case "region":
            return (cluster.region,)
        case "zone":
            return (cluster.region, host.zone)
        case "provider":
            return (provider_of(problem, cluster),)
        case "node":
            return (cluster.name, host.row.name)
        case "node_pool":
            return (cluster.name, None if pool is None else pool.name)
        case "instance_type":
            return (host.type_name,)
        case "capacity_type":
            return (host.capacity_type,)
    return (cluster.labels.get(key, stated_labels(host).get(key)),)


def undecided(host: Host, key: str) -> bool:
    """Return whether a new node could be in several groups, because its zone is left open."""
    if _word(key) != "zone" or host.pool is None or not host.new or host.zone is not None:
        return False
    return len(set(possible_zones(host.cluster, host.pool))) > 1


class Candidates:
    """The groups in which workloads could be, whatever is taken, sold out or full."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._eligible = Eligible(case)
        self._kept = tuple(host for host in running_hosts(case) if host.stays)
        self._bought = tuple(host for host in case.hosts if host.new)
        self._possible = tuple(possible_hosts(case))

    def groups(self, workload: Workload, key: str) -> set[Group]:
        """Return a workload's groups: of nodes that are kept, and of all that could be bought.

        By node, of those that the plan buys.
        """
        new = self._bought if _word(key) == "node" else self._possible
        found: set[Group] = set()
        for host in (*self._kept, *new):
            group = group_of(self._case.problem, host, key)
            if group is not None and group not in found and self._eligible(host, workload):
                found.add(group)
        return found


def running_hosts(case: Case) -> Iterator[Host]:
    """Yield every node that runs now, as the plan lists it, else as one that it keeps."""
    listed = {(host.cluster.name, host.row.name): host for host in case.hosts if not host.new}
    for cluster in case.problem.clusters:
        for node in cluster.nodes:
            host = listed.get((cluster.name, node.name))
            if host is None:
                row = _row(node.name, cluster.name, "existing", None)
                where = f"{cluster.name}/{node.name}"
                host = running_host(case.market, cluster, node, case.kinds, row=row, where=where)
            yield host


def possible_hosts(case: Case) -> Iterator[Host]:
    """Yield a new node of every pool, in every zone for which there is an offering."""
    for cluster in case.problem.clusters:
        for pool in cluster.node_pools:
            zones: tuple[str | None, ...] = possible_zones(cluster, pool) or (None,)
            for zone in dict.fromkeys(zones):
                if case.market.new(cluster, pool, zone) is not None:
                    row = _row("", cluster.name, "new", zone)
                    where = f"{cluster.name}/{pool.name}"
                    yield new_host(case.market, cluster, pool, case.kinds, row=row, where=where)


def _row(name: str, cluster: str, state: str, zone: str | None) -> NodePlan:
    """Return a row for a node that the plan does not list; the rules look at its name alone."""
    return NodePlan.model_validate(
        {
            "name": name,
            "cluster": cluster,
            "capacity_type": "",
            "zone": zone,
            "state": state,
            "price": 0,
        }
    )
