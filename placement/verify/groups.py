"""Groups of nodes by a key, and the groups in which a workload could be."""

from collections.abc import Hashable, Iterator

from placement.problem import Workload
from placement.verify.case import Case
from placement.verify.eligible import Eligible
from placement.verify.hosts import Site, new_site, running_site
from placement.verify.offers import possible_zones
from placement.verify.selector import WELL_KNOWN, stated_labels

__all__ = ["Candidates", "Group", "group_of", "possible_sites", "running_sites", "undecided"]

Group = tuple[str, ...]
"""A group by its name; names of zones, node pools and nodes stand behind whose they are."""


def _word(key: str) -> str:
    """Return the word that a key means; a label that is not well-known means itself."""
    return "node" if key == "kubernetes.io/hostname" else WELL_KNOWN.get(key, key)


def group_of(case: Case, site: Site, name: str, key: str) -> Group | None:
    """Return the group of a node of this name by a key, or None where the node lacks it."""
    names = _names(case, site, name, key)
    return None if None in names else tuple(each for each in names if each is not None)


def _names(case: Case, site: Site, name: str, key: str) -> tuple[str | None, ...]:
    """Return what names the group; None in it where the node lacks the key."""
    cluster, pool = site.cluster, site.pool
    match _word(key):
        case "cluster":
            return (cluster.name,)
        case "region":
            return (cluster.region,)
        case "zone":
            return (cluster.region, site.zone)
        case "provider":
            return (case.providers[cluster.name],)
        case "node":
            return (cluster.name, name)
        case "node_pool":
            return (cluster.name, None if pool is None else pool.name)
        case "instance_type":
            return (site.type_name,)
        case "capacity_type":
            return (site.capacity_type,)
    return (cluster.labels.get(key, stated_labels(site).get(key)),)


def undecided(site: Site, key: str) -> bool:
    """Return whether a new node could be in several groups, because its zone is left open."""
    if site.running is not None or site.pool is None or site.zone is not None:
        return False
    if _word(key) != "zone":
        return False
    return len(set(possible_zones(site.cluster, site.pool))) > 1


class Candidates:
    """The groups in which workloads could be, whatever is taken, sold out or full."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._eligible = Eligible(case)
        stays = {
            (host.row.cluster, host.row.name): host.stays for host in case.hosts if not host.new
        }
        self._kept = tuple(
            (site, node.name)
            for site in running_sites(case)
            if (node := site.running) and stays.get((site.cluster.name, node.name), True)
        )
        self._bought = tuple((host.site, host.row.name) for host in case.hosts if host.new)
        self._possible = tuple((site, "") for site in possible_sites(case))
        self._known: dict[str, dict[Group, dict[Hashable, Site]]] = {}

    def groups(self, workload: Workload, key: str) -> set[Group]:
        """Return a workload's groups: of nodes that are kept, and of all that could be bought.

        By node, of those that the plan buys.
        """
        if key not in self._known:
            self._known[key] = self._sites(key)
        return {
            group
            for group, sites in self._known[key].items()
            if any(self._eligible(site, workload) for site in sites.values())
        }

    def _sites(self, key: str) -> dict[Group, dict[Hashable, Site]]:
        """Return one node of those that are alike in each group."""
        new = self._bought if _word(key) == "node" else self._possible
        found: dict[Group, dict[Hashable, Site]] = {}
        for site, name in (*self._kept, *new):
            group = group_of(self._case, site, name, key)
            if group is not None:
                found.setdefault(group, {}).setdefault(site.alike, site)
        return found


def running_sites(case: Case) -> Iterator[Site]:
    """Yield every node that runs now."""
    for cluster in case.problem.clusters:
        for node in cluster.nodes:
            yield running_site(case.market, cluster, node, case.kinds)


def possible_sites(case: Case) -> Iterator[Site]:
    """Yield a new node of every pool, in every zone for which there is an offering."""
    for cluster in case.problem.clusters:
        for pool in cluster.node_pools:
            zones: tuple[str | None, ...] = possible_zones(cluster, pool) or (None,)
            for zone in dict.fromkeys(zones):
                if case.market.new(cluster, pool, zone) is not None:
                    yield new_site(case.market, cluster, pool, case.kinds, zone)
