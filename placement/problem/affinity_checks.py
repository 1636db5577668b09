"""What affinities and preferences name that no cluster has."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from placement.errors import Issue, nearest, show
from placement.problem.fleet import Cluster
from placement.problem.workload import ClusterAffinity, Workload

if TYPE_CHECKING:
    from placement.problem.problem import Problem

__all__ = ["affinity_issues", "affinity_warnings"]


def affinity_issues(
    clusters: Mapping[str, Cluster], workload: Workload, path: str
) -> Iterator[Issue]:
    """Yield clusters that affinities of a workload name and that do not exist."""
    for where, affinity in _affinities(workload):
        for field in ("cluster_names", "exclude"):
            for number, name in enumerate(getattr(affinity, field)):
                if name not in clusters:
                    at = f"{path}.{where}cluster_affinity.{field}[{number}]"
                    rule = f"no cluster has this name{nearest(name, clusters)}"
                    yield Issue(path=at, rule=rule, value=show(name))


def affinity_warnings(problem: "Problem") -> Iterator[str]:
    """Yield regions, zones and providers without clusters, and preferences that are always met."""
    regions = {cluster.region for cluster in problem.clusters}
    zones = {zone for cluster in problem.clusters for zone in cluster.zones}
    providers = {kind.provider for kind in problem.instance_types if kind.provider}
    providers |= {cluster.provider for cluster in problem.clusters if cluster.provider}
    for workload in problem.workloads:
        for where, affinity in _affinities(workload):
            at = f"{workload.key}: {where.replace('.', ': ')}"
            if where and affinity == ClusterAffinity():
                yield f"{at}changes nothing: its cluster_affinity is met everywhere"
            for what, named, known in (
                ("in the region", affinity.regions, regions),
                ("in the zone", affinity.zones, zones),
                ("of the provider", affinity.providers, providers),
            ):
                for name in named:
                    if name not in known:
                        yield f"{at}no cluster is {what} {name!r}{nearest(name, known)}"


def _affinities(workload: Workload) -> Iterator[tuple[str, ClusterAffinity]]:
    """Yield the affinities that a workload states, each with the path before it."""
    yield "", workload.cluster_affinity
    for number, preference in enumerate(workload.preferences):
        yield f"preferences[{number}].", preference.cluster_affinity
