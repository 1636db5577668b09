"""Teams, each with clusters of its own: in a large fleet no workload may run everywhere.

Made up: which clusters a team has, and that every cluster is two teams'.
"""

from collections.abc import Mapping, Sequence
from random import Random

from fleet_draft import Json

__all__ = ["to_teams"]

TEAMS = 2
"""Of every cluster."""


def to_teams(random: Random, clusters: Sequence[Json], workloads: list[Json], reach: int) -> None:
    """Bind workloads to the clusters of their teams, neighbours in the list to the same.

    Parameters
    ----------
    reach
        Clusters of a team, give or take one.
    """
    labels = {cluster["name"]: cluster["labels"] for cluster in clusters}
    order = [name for _ in range(TEAMS) for name in random.sample(list(labels), len(labels))]
    count = max(1, round(len(order) / reach))
    teams = [sorted(set(order[number::count])) for number in range(count)]
    for number, workload in enumerate(workloads):
        _bind(workload, teams[number * count // len(workloads)], labels)


def _bind(workload: Json, names: Sequence[str], labels: Mapping[str, Mapping[str, str]]) -> None:
    """Add names to where a workload may run; a jurisdiction in which the team has none goes."""
    affinity = workload["cluster_affinity"]
    wanted = affinity.get("label_selector", {"match_labels": {}})["match_labels"]
    if not any(wanted.items() <= labels[name].items() for name in names):
        affinity.pop("label_selector")
    affinity["cluster_names"] = list(names)
