"""Groups of nodes, for the exhaustive search: by a word, or by the key of a label."""

from placement.problem import Cluster, Problem

__all__ = ["Group", "group_of", "provider_of", "word_of"]

Group = tuple[str, str | None, str | None, str, str | None]
"""Cluster, node pool, instance type, capacity type and zone: what one assignment row names."""

_WORDS = {
    "topology.kubernetes.io/region": "region",
    "failure-domain.beta.kubernetes.io/region": "region",
    "topology.kubernetes.io/zone": "zone",
    "failure-domain.beta.kubernetes.io/zone": "zone",
    "node.kubernetes.io/instance-type": "instance_type",
    "beta.kubernetes.io/instance-type": "instance_type",
    "karpenter.sh/capacity-type": "capacity_type",
    "kubernetes.io/hostname": "node",
}


def word_of(key: str) -> str:
    """Return the word that a key means; a key that is no well-known label means itself."""
    return _WORDS.get(key, key)


def group_of(
    problem: Problem, cluster: Cluster, place: Group, labels: dict[str, str], key: str
) -> tuple[str, ...] | None:
    """Return the group of a node by a key, or None where the node lacks the key.

    By ``node`` every node is its own group; what is returned then only says that it has one.
    """
    name, pool, kind, capacity_type, zone = place
    word = word_of(key)
    if word == "zone":
        return None if zone is None else (cluster.region, zone)
    if word == "node_pool":
        return None if pool is None else (name, pool)
    found = {
        "cluster": name,
        "region": cluster.region,
        "provider": provider_of(problem, cluster),
        "node": "its own",
        "instance_type": kind,
        "capacity_type": capacity_type,
    }.get(word, cluster.labels.get(key, labels.get(key)))
    return None if found is None else (found,)


def provider_of(problem: Problem, cluster: Cluster) -> str | None:
    """Return a cluster's provider: its own, else that of its pools' types, if they agree."""
    if cluster.provider is not None:
        return cluster.provider
    used = [pool.instance_type for pool in cluster.node_pools]
    told = {k.provider for k in problem.instance_types if k.name in used and k.provider}
    return next(iter(told)) if len(told) == 1 else None
