"""What limits, budgets and the replicas that they match say of one another."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from placement.errors import Issue, nearest, show
from placement.problem.totals import Match

if TYPE_CHECKING:
    from placement.problem.problem import Problem

__all__ = ["match_issues", "match_warnings"]


def match_issues(problem: "Problem") -> Iterator[Issue]:
    """Yield clusters and workloads that a match names and nobody has."""
    clusters = {cluster.name for cluster in problem.clusters}
    workloads = {name for w in problem.workloads for name in (w.name, w.key)}
    for section, matches in (
        ("budgets", [budget.match for budget in problem.budgets]),
        ("limits", [limit.match for limit in problem.limits]),
    ):
        for position, match in enumerate(matches):
            for what, named, known in (
                ("cluster", match.clusters, clusters),
                ("workload", match.workloads, workloads),
            ):
                for name in named:
                    if name not in known:
                        path = f"{section}[{position}].match.{what}s"
                        rule = f"names no {what} of the problem{nearest(name, sorted(known))}"
                        yield Issue(path=path, rule=rule, value=show(name))


def match_warnings(problem: "Problem") -> Iterator[str]:
    """Yield limits of what nobody requests, and matches of limits and budgets that hold nothing."""
    asked = {name for workload in problem.workloads for name in workload.requests}
    asked |= {kind.gpu.resource for kind in problem.instance_types if kind.gpu}
    for limit in problem.limits:
        if limit.resource not in asked:
            hint = nearest(limit.resource, asked)
            yield f"limit {limit.name}: no workload requests {limit.resource!r}{hint}"
    for what, rules in (("budget", problem.budgets), ("limit", problem.limits)):
        for rule in rules:
            for said in _matches_nothing(problem, rule.match):
                yield f"{what} {rule.name}: {said}"


def _matches_nothing(problem: "Problem", match: Match) -> Iterator[str]:
    """Yield regions without clusters and namespaces without workloads that a match names."""
    regions = {cluster.region for cluster in problem.clusters}
    namespaces = {workload.namespace for workload in problem.workloads}
    for name in match.regions:
        if name not in regions:
            yield f"no cluster is in the region {name!r}{nearest(name, regions)}"
    for name in match.namespaces:
        if name not in namespaces:
            yield f"no workload is in the namespace {name!r}{nearest(name, namespaces)}"
