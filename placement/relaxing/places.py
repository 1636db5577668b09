"""Rules on where a workload may run at all, and how each is widened to admit some nodes."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from placement.candidates import Candidates
from placement.eligibility import affinity_refusal
from placement.problem import Allow, ClusterAffinity, Problem, Toleration, Workload
from placement.problem.workload import LabelSelector
from placement.relaxing.rule import Figure, Relaxable, with_workload
from placement.supply import Supply

__all__ = ["ANY_TOLERATION", "PLACES", "place_rules", "widened"]

PLACES = frozenset(
    (
        *("capacity_types", "cluster_affinity", "tolerations", "node_selector"),
        *("instance_types", "gpu_models", "max_ms"),
    )
)
"""Kinds of rules on places."""

ANY_TOLERATION = Toleration(operator="Exists")
"""Tolerates every taint."""

_ALL_CAPACITY = ("on-demand", "reserved", "spot")


def place_rules(at: int, workload: Workload) -> Iterator[Relaxable]:
    """Yield the rules of a workload on places that can refuse any."""
    neutral = Workload(name="x", replicas=0)
    wide: dict[str, Any] = {
        "capacity_types": _ALL_CAPACITY,
        "cluster_affinity": neutral.cluster_affinity,
        "tolerations": (ANY_TOLERATION,),
        "node_selector": {},
        "instance_types": Allow(),
        "gpu_models": Allow(),
    }
    for field, value in wide.items():
        yield Relaxable(
            kind=field,
            label=f"{workload.key}: {field}",
            stated=_stated(workload, field),
            workload=workload.key,
            edit=partial(_field, at, field, value),
        )
    most = workload.users.max_ms
    if most is not None:
        yield Relaxable(
            kind="max_ms",
            label=f"{workload.key}: users.max_ms",
            stated=f"{most:.10g}",
            figure=most,
            workload=workload.key,
            edit=partial(_max_ms, at),
            says=lambda figure: f"{figure:.10g}",
        )


def _field(at: int, field: str, value: object, problem: Problem, _: Figure | None) -> Problem:
    return with_workload(problem, at, **{field: value})


def _max_ms(at: int, problem: Problem, figure: Figure | None) -> Problem:
    users = problem.workloads[at].users.model_copy(update={"max_ms": figure})
    return with_workload(problem, at, users=users)


def _stated(workload: Workload, field: str) -> str:
    """Return what a rule allows, in words."""
    value = getattr(workload, field)
    if field == "capacity_types":
        return ", ".join(value)
    if field == "tolerations":
        return "no taint" if not value else "; ".join(_toleration(each) for each in value)
    if field == "node_selector":
        return ", ".join(f"{key}={wanted}" for key, wanted in value.items())
    stated = value.model_dump(exclude_defaults=True)
    return "; ".join(f"{name}: {_names(given)}" for name, given in stated.items())


def _names(value: object) -> str:
    if isinstance(value, tuple | list):
        return ", ".join(str(each) for each in value)
    return str(value)


def _toleration(each: Toleration) -> str:
    value = f"={each.value}" if each.value else ""
    return f"{each.key or 'any taint'}{value}{f':{each.effect}' if each.effect else ''}"


def widened(
    rule: Relaxable, workload: Workload, supplies: Iterable[Supply], found: Candidates
) -> tuple[object, str]:
    """Return what a rule has to say to admit some nodes, and the change in words.

    Returns
    -------
    The field's new value, or None where nothing short of dropping the rule would do; and the change
    in words, empty where nothing has to change.
    """
    used = tuple(supplies)
    match rule.kind:
        case "capacity_types":
            more = [s.capacity_type for s in used if s.capacity_type not in workload.capacity_types]
            names = tuple(dict.fromkeys(more))
            return (*workload.capacity_types, *names), _allow(workload, "capacity type", names)
        case "tolerations":
            return _more_tolerations(workload, used, found)
        case "node_selector":
            kept, gone = {}, []
            for key, value in workload.node_selector.items():
                if all(s.labels.get(key) == value for s in used):
                    kept[key] = value
                else:
                    gone.append(f"{key}={value}")
            said = f"{workload.key}: drop {', '.join(gone)} from node_selector" if gone else ""
            return kept, said
        case "instance_types":
            return _wider(workload, rule.kind, [s.type_name for s in used], "instance type")
        case "gpu_models":
            models = [s.kind.gpu.model if s.kind and s.kind.gpu else None for s in used]
            return _wider(workload, rule.kind, models, "GPU model")
        case "cluster_affinity":
            return _wider_affinity(workload, used)
    return None, ""


def _allow(workload: Workload, what: str, names: Iterable[str]) -> str:
    said = ", ".join(names)
    return f"{workload.key}: allow {what} {said}" if said else ""


def _more_tolerations(
    workload: Workload, used: tuple[Supply, ...], found: Candidates
) -> tuple[object, str]:
    rule = next(rule for rule in found.rules if rule.name == "taints")
    more: dict[tuple[str, str, str], Toleration] = {}
    for supply in used:
        for taint in supply.taints:
            if rule.refusal(workload, replace(supply, taints=(taint,))):
                fields = {"key": taint.key, "value": taint.value, "effect": taint.effect}
                more[taint.key, taint.value, taint.effect] = Toleration.model_validate(fields)
    said = ", ".join(_toleration(each) for each in more.values())
    text = f"{workload.key}: tolerate {said}" if said else ""
    return (*workload.tolerations, *more.values()), text


def _wider(
    workload: Workload, field: str, names: list[str | None], what: str
) -> tuple[object, str]:
    allow: Allow = getattr(workload, field)
    more = list(dict.fromkeys(name for name in names if not allow.admits(name)))
    if None in more:
        return None, ""
    wanted = [name for name in more if name is not None]
    wider = Allow(
        allow=(*allow.allow, *(n for n in wanted if n not in allow.allow)) if allow.allow else (),
        deny=tuple(name for name in allow.deny if name not in wanted),
    )
    return wider, _allow(workload, what, wanted)


def _wider_affinity(workload: Workload, used: tuple[Supply, ...]) -> tuple[object, str]:
    """Return an affinity that admits all supplies: names added, what cannot be named dropped."""
    old = workload.cluster_affinity
    fields: dict[str, Any] = {}
    said: list[str] = []
    gone = tuple(n for n in old.exclude if n in {s.cluster.name for s in used})
    if gone:
        fields["exclude"] = tuple(name for name in old.exclude if name not in gone)
        said.append(f"cluster {', '.join(gone)}, so far excluded")
    for field, what, names in (
        ("cluster_names", "cluster", [s.cluster.name for s in used]),
        ("providers", "provider", [s.provider for s in used]),
        ("regions", "region", [s.cluster.region for s in used]),
        ("zones", "zone", [s.zone for s in used]),
    ):
        stated: tuple[str, ...] = getattr(old, field)
        more = dict.fromkeys(name for name in names if name not in stated) if stated else {}
        if None in more:
            fields[field] = ()
            said.append(f"any {what}")
        elif more:
            fields[field] = (*stated, *more)
            said.append(f"{what} {', '.join(str(name) for name in more)}")
    selector = old.label_selector
    alone = ClusterAffinity(label_selector=selector)
    if any(affinity_refusal(alone, supply) for supply in used):
        fields["label_selector"] = LabelSelector()
        said.append("any labels of clusters")
    text = f"{workload.key}: cluster_affinity: allow {', '.join(said)}" if said else ""
    return old.model_copy(update=fields), text
