"""What a replica is to Karmada: a pod, or a group of pods that takes several nodes."""

from collections.abc import Iterator, Mapping

from placement.adapters.origin import Origin
from placement.errors import AdapterError, Issue, show
from placement.problem import Problem, Workload

__all__ = ["assumed_origin", "check_replicas", "has_pods_as_replicas"]


def assumed_origin(workload: Workload) -> Origin:
    """Return the object that a workload is taken for where none is known."""
    name, namespace = workload.name, workload.namespace
    if workload.nodes_per_replica == 1:
        return Origin(namespace=namespace, name=name)
    return Origin(
        api_version="leaderworkerset.x-k8s.io/v1",
        kind="LeaderWorkerSet",
        namespace=namespace,
        name=name,
    )


def has_pods_as_replicas(origin: Origin) -> bool:
    """Return whether every replica of an object is a single pod, which runs on one node."""
    return origin.api_version.partition("/")[0] == "apps"


def check_replicas(problem: Problem, origins: Mapping[str, Origin]) -> None:
    """Raise AdapterError where the replicas of a plan are not those of the object behind it."""
    known = {workload.key: workload for workload in problem.workloads}
    issues = [
        Issue(path=f"origins.{key}", rule=rule, value=value)
        for key, origin in origins.items()
        for rule, value in _faults(known[key], origin)
    ]
    if issues:
        raise AdapterError(issues)


def _faults(workload: Workload, origin: Origin) -> Iterator[tuple[str, str]]:
    nodes = workload.nodes_per_replica
    if nodes > 1 and has_pods_as_replicas(origin):
        rule = f"must be of a kind whose replicas are groups of pods: one takes {nodes} nodes"
        yield rule, origin.kind
    spec = origin.binding.get("spec") if origin.binding else None
    components = spec.get("components") if isinstance(spec, Mapping) else None
    if isinstance(components, list) and len(components) > 1:
        rule = (
            "must not have a binding of several components, which Karmada keeps together in one "
            "cluster; a plan divides replicas"
        )
        yield rule, show([one.get("name") for one in components if isinstance(one, Mapping)])
