"""The clusters of the input, as far as a policy can choose among them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["KnownCluster", "known_clusters"]


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownCluster:
    """A cluster's name and place; empty where the input does not say."""

    name: str
    provider: str = ""
    region: str = ""
    zones: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)


def known_clusters(
    clusters: Iterable[object], providers: Mapping[str, str]
) -> tuple[KnownCluster, ...]:
    """Return the clusters among fragments of a problem that are well enough formed.

    Parameters
    ----------
    clusters
        As documents state them, not yet validated.
    providers
        Of instance types, by name: a cluster that states no provider has the one that the types
        of its node pools agree on.
    """
    return tuple(
        _known(cluster, providers)
        for cluster in clusters
        if isinstance(cluster, Mapping) and isinstance(cluster.get("name"), str)
    )


def _known(cluster: Mapping[Any, Any], providers: Mapping[str, str]) -> KnownCluster:
    provider = cluster.get("provider")
    if not isinstance(provider, str):
        pools = cluster.get("node_pools") or ()
        kinds = {
            str(pool.get("instance_type") or pool.get("instanceType"))
            for pool in (pools if isinstance(pools, list) else ())
            if isinstance(pool, Mapping)
        }
        found = {providers.get(kind, "") for kind in kinds}
        provider = found.pop() if len(found) == 1 else ""
    labels = cluster.get("labels")
    zones = cluster.get("zones")
    region = cluster.get("region")
    return KnownCluster(
        name=cluster["name"],
        provider=provider,
        region=region if isinstance(region, str) else "",
        zones=tuple(map(str, zones)) if isinstance(zones, list) else (),
        labels=labels if isinstance(labels, Mapping) else {},
    )
