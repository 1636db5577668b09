"""Static rules of load, groups and whole nodes: what a node must be for them, with the reason."""

from placement.groups import group_of, looks_at_nodes, undecided
from placement.looked_at import meaning
from placement.problem import Workload
from placement.quantity import CPU, format_quantity
from placement.supply import Supply

__all__ = [
    "load_refusal",
    "partly_used",
    "spread_refusal",
    "survive_refusal",
    "whole_nodes_refusal",
]


def load_refusal(workload: Workload, supply: Supply) -> str:
    """Return why a type carries none of a workload's load, or an empty string."""
    if workload.load is None or supply.type_name in workload.load.per_replica:
        return ""
    return f"load.per_replica does not say what {supply.type_name or 'an unknown type'} carries"


def spread_refusal(workload: Workload, supply: Supply) -> str:
    """Return what a workload is spread by and a node lacks, or an empty string.

    Where single nodes matter, new ones beyond the replicas that could use them are refused, too.
    """
    for each in workload.spread:
        if group_of(each.by, supply) is None:
            open_zone = meaning(each.by) == "zone" and undecided(supply)
            lacks = "has no zone decided" if open_zone else f"has no {each.by}"
            return f"is spread by {each.by}, and the node {lacks}"
    return _beyond(supply) if looks_at_nodes(workload) else ""


def survive_refusal(workload: Workload, supply: Supply) -> str:
    """Return why the losses that a workload survives cannot be told of a node, or nothing."""
    for each in workload.survive:
        if meaning(each.loss_of) == "zone" and undecided(supply):
            return "survives the loss of zones, and the node has no zone decided"
    return ""


def _beyond(supply: Supply) -> str:
    """Return that these are nodes beyond all that can be of use."""
    return "more nodes than it has replicas are of no use" if supply.bulk else ""


def whole_nodes_refusal(workload: Workload, supply: Supply) -> str:
    """Return why a running node is not a whole one, or an empty string."""
    if workload.nodes_per_replica == 1 or not partly_used(supply):
        return ""
    resource, free, whole = _free(supply)
    has, of = (format_quantity(amount, resource) for amount in (free, whole))
    return f"a replica takes whole nodes, and of this one {has} of {of} {resource} are free"


def partly_used(supply: Supply) -> bool:
    """Return whether a running node has less free than it has."""
    _, free, whole = _free(supply)
    return supply.running and free < whole


def _free(supply: Supply) -> tuple[str, int, int]:
    """Return the resource by which a node is told to be whole, what is free of it, and all."""
    resource = supply.kind.gpu.resource if supply.kind and supply.kind.gpu else CPU
    return resource, supply.room.get(resource, 0), supply.size.get(resource, 0)
