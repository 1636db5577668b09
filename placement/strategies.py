"""Which strategy a problem is solved by."""

from placement.effort import SMALL_ENOUGH
from placement.errors import InputError, Issue, nearest
from placement.instance import Instance

__all__ = ["STRATEGIES", "chosen_strategy", "refused_rules", "unknown_strategy"]

STRATEGIES = ("auto", "exact", "decomposition", "greedy")
TIED = ("spread", "survive", "min_replicas", "colocate_with", "separate_from")


def refused_rules(instance: Instance) -> tuple[str, ...]:
    """Return the rules in use that the decomposition cannot take, by name; ``exact`` takes all."""
    found = {
        "max_spot_fraction": instance.spot_shares.workload.size > 0,
        "limits": bool(instance.totals),
        "budgets": bool(instance.budgets),
        **dict.fromkeys(_tied(instance), True),
        "load": bool(instance.loads),
        "current": bool(instance.moving),
        "nodes_per_replica": bool(instance.whole),
        "confidence": bool(instance.confidence.chances),
    }
    return tuple(name for name, used in found.items() if used)


def _tied(instance: Instance) -> list[str]:
    """Return the rules over groups of nodes that some workload states, where any of them binds."""
    workloads = instance.problem.workloads if instance.ties.used else ()
    return [name for name in TIED if any(getattr(workload, name) for workload in workloads)]


def chosen_strategy(instance: Instance, asked: str) -> str:
    """Return the strategy for an instance: the one asked for, or by size and rules.

    Raises
    ------
    InputError
        When the one asked for cannot take a rule in use.
    """
    if asked == "auto":
        large = instance.workload.size > SMALL_ENOUGH
        return "decomposition" if large and not refused_rules(instance) else "exact"
    if asked == "decomposition" and (rules := refused_rules(instance)):
        rule = f"decomposition cannot take {', '.join(rules)}; exact can"
        raise InputError([Issue(path="strategy", rule=rule, value=repr(asked))])
    return asked


def unknown_strategy(asked: str) -> Issue:
    """Return what is wrong with the name of a strategy that there is not."""
    rule = f"must be one of {', '.join(STRATEGIES)}{nearest(asked, STRATEGIES)}"
    return Issue(path="strategy", rule=rule, value=repr(asked))
