"""A plan as Karmada's ResourceBindings: which cluster runs how many replicas of each workload.

See docs/bindings.md for what is written where, and why.
"""

from collections import Counter
from collections.abc import Mapping

from placement.adapters.binding_metadata import binding_metadata
from placement.adapters.binding_replicas import assumed_origin, check_replicas
from placement.adapters.binding_spec import SCHEDULER, binding_spec
from placement.adapters.binding_status import binding_status
from placement.adapters.origin import Origin
from placement.errors import AdapterError, Issue, nearest, show
from placement.plan import Plan, Unplaced
from placement.problem import Problem

__all__ = ["API_VERSION", "SCHEDULER", "bindings"]

API_VERSION = "work.karmada.io/v1alpha2"


def bindings(
    plan: Plan,
    problem: Problem,
    origins: Mapping[str, Origin] | None = None,
    *,
    scheduler_name: str = SCHEDULER,
    scheduled_at: str | None = None,
) -> list[dict[str, object]]:
    """Return a ResourceBinding for every workload, sorted by namespace, name and kind.

    Parameters
    ----------
    plan
        The plan for ``problem``.
    problem
        What the plan was made for.
    origins
        The Kubernetes object and policy behind a workload, by ``namespace/name`` of the workload;
        a workload without one is taken for a Deployment of its name that no policy governs, or for
        a LeaderWorkerSet where a replica takes several nodes. An object of a cluster-scoped kind
        gets a ClusterResourceBinding.
    scheduler_name
        Written where neither the policy nor an existing binding names a scheduler.
    scheduled_at
        The time of the decision, RFC 3339 in UTC such as ``2026-11-23T20:21:40Z``. Nothing here
        looks at a clock: without it ``lastScheduledTime`` is left out.

    Raises
    ------
    AdapterError
        When the plan or the origins name a workload that the problem does not have, a replica over
        several nodes is of a kind whose replicas are pods, or a binding lists several components.
    """
    origins = origins or {}
    _check_names(plan, problem, origins)
    check_replicas(problem, origins)
    placed: dict[str, Counter[str]] = {}
    gpus: dict[str, set[tuple[str | None, int]]] = {}
    for row in plan.assignments:
        placed.setdefault(row.workload, Counter())[row.cluster] += row.replicas
        gpus.setdefault(row.workload, set()).add((row.instance_type, row.gpus_per_replica))
    left = {row.workload: row for row in plan.unplaced}
    made = []
    for workload in problem.workloads:
        key = workload.key
        origin = origins.get(key) or assumed_origin(workload)
        asked = _gpus(gpus.get(key, set()), problem)
        spec = binding_spec(workload, origin, placed.get(key, {}), asked, scheduler_name)
        made.append(_binding(origin, spec, left.get(key), scheduled_at))
    return sorted(made, key=_order)


def _gpus(asked: set[tuple[str | None, int]], problem: Problem) -> dict[str, int]:
    """Return the GPUs that every replica takes by resource; nothing where replicas differ."""
    found = set()
    for name, count in asked:
        gpu = problem.types[name].gpu if name in problem.types else None
        found.add((gpu.resource if gpu else "", count))
    return {resource: count for resource, count in found if resource} if len(found) == 1 else {}


def _binding(
    origin: Origin,
    spec: dict[str, object],
    unplaced: Unplaced | None,
    scheduled_at: str | None,
) -> dict[str, object]:
    kind = "ResourceBinding" if origin.namespace else "ClusterResourceBinding"
    made: dict[str, object] = {
        "apiVersion": API_VERSION,
        "kind": kind,
        "metadata": binding_metadata(origin, spec),
        "spec": spec,
        "status": binding_status(origin.binding or {}, spec, unplaced, scheduled_at),
    }
    return {name: _copied(part) for name, part in made.items()}


def _copied(value: object) -> object:
    """Return plain dicts and lists, which a caller may change without changing what was read."""
    if isinstance(value, Mapping):
        return {key: _copied(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_copied(item) for item in value]
    return value


def _order(binding: Mapping[str, object]) -> tuple[str, str, str]:
    metadata = binding["metadata"]
    fields = metadata if isinstance(metadata, Mapping) else {}
    return str(fields.get("namespace", "")), str(fields["name"]), str(binding["kind"])


def _check_names(plan: Plan, problem: Problem, origins: Mapping[str, Origin]) -> None:
    known = [workload.key for workload in problem.workloads]
    named = [(f"assignments[{i}].workload", row.workload) for i, row in enumerate(plan.assignments)]
    named += [(f"unplaced[{i}].workload", row.workload) for i, row in enumerate(plan.unplaced)]
    named += [("origins", key) for key in origins]
    issues = [
        Issue(
            path=path,
            rule=f"the problem has no such workload{nearest(name, known)}",
            value=show(name),
        )
        for path, name in named
        if name not in known
    ]
    if issues:
        raise AdapterError(issues)
