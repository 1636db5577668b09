"""The judge on ``colocation`` and ``separation``: which workloads share clusters."""

import pytest

from placement.plan import Plan
from placement.problem import Problem
from tests.two_regions import fleet, workload
from tests.written_plan import broken, written


def of(rule: str, name: str, **partner: str) -> Problem:
    """Return a fleet where `w` names a partner `p`."""
    return fleet(workload(**{rule: [name]}), workload("p", **partner))


def plan(problem: Problem, **held: dict[str, int]) -> Plan:
    return written(problem, {"e2": None, **held})


@pytest.mark.parametrize("name", ["p", "default/p"])
def test_every_cluster_that_runs_a_workload_runs_its_partner(name: str) -> None:
    problem = of("colocate_with", name)
    assert broken(problem, plan(problem, e1={"w": 1, "p": 1})) == set()
    assert broken(problem, plan(problem, e1={"w": 1}, m={"p": 1})) == set()  # another node does
    assert broken(problem, plan(problem, e1={"w": 1, "p": 1}, w1={"w": 1})) == {"colocation"}
    assert broken(problem, plan(problem, e1={"w": 1}, w1={"p": 1})) == {"colocation"}
    assert broken(problem, plan(problem, e1={"w": 1})) == {"colocation"}


def test_the_partner_may_run_without_the_workload_that_needs_it() -> None:
    problem = of("colocate_with", "p")
    assert broken(problem, plan(problem, e1={"p": 1})) == set()
    assert broken(problem, plan(problem, e1={"w": 1, "p": 1}, w1={"p": 1})) == set()
    assert broken(problem, plan(problem)) == set()


def test_no_cluster_runs_two_that_are_kept_apart_whoever_says_so() -> None:
    problem = of("separate_from", "p")
    assert broken(problem, plan(problem, e1={"w": 1}, w1={"p": 1})) == set()
    assert broken(problem, plan(problem, e1={"p": 1})) == set()
    assert broken(problem, plan(problem, e1={"w": 1}, m={"p": 1})) == {"separation"}
    other = fleet(workload(), workload("p", separate_from=["w"]))
    assert broken(other, plan(other, e1={"w": 1}, m={"p": 1})) == {"separation"}


@pytest.mark.parametrize(("rule", "name"), [("colocate_with", "colocation"), ("separate_from", "")])
def test_a_bare_name_means_the_same_namespace(rule: str, name: str) -> None:
    """Two workloads are called `p`; the one in the other namespace is the one that runs here."""
    mine = [workload("p"), workload("p", namespace="other")]
    problem = fleet(workload(**{rule: ["p"]}), *mine)
    document = plan(problem, e1={"w": 1, "p": 1}).model_dump(mode="json")
    for row in (*document["assignments"], *document["nodes"][0]["replicas"]):
        if row["workload"] == "default/p":
            row["workload"] = "other/p"
    left = {row["workload"]: row for row in document["unplaced"]}
    left["default/p"]["replicas"], left["other/p"]["replicas"] = 8, 7
    assert broken(problem, Plan.model_validate(document)) == ({name} if name else set())
