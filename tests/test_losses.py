"""Every loss there may be is taken away from finished plans: what was promised still runs."""

from collections import Counter
from pathlib import Path
from random import Random

import pytest

from placement import Plan, Problem, place, verify
from tests.generate_losses import KINDS, random_losses, rule_of
from tests.losses import Survived, survived

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"


def judged(problem: Problem, plan: Plan) -> list[Survived]:
    """Return the worst losses of a plan, or fail where one of them leaves too little."""
    found = list(survived(problem.model_dump(mode="json"), plan.model_dump(mode="json")))
    for each in found:
        assert each.left >= each.promised > 0, each
    return found


def every_kind_is_tried(found: list[Survived]) -> None:
    """Fail unless losses of every kind were tried that take replicas, and most kinds are tight."""
    tried: Counter[tuple[str, int]] = Counter()
    for each in found:
        tried[each.kind] += each.harmful
    assert not {*KINDS} - {*+tried}
    tight = {each.kind for each in found if each.left == each.promised}
    assert len(tight) > len(KINDS) // 2, sorted({*KINDS} - tight)


def test_every_loss_leaves_what_was_promised() -> None:
    found: list[Survived] = []
    for seed in range(4, 8):
        problem = random_losses(seed)
        found += judged(problem, place(problem))
    every_kind_is_tried(found)


def test_a_promise_one_higher_is_broken_by_the_same_plan() -> None:
    problem = random_losses(5)
    plan = place(problem)
    tight = {each.workload: each for each in judged(problem, plan) if each.left == each.promised}
    assert tight
    for at, workload in enumerate(problem.workloads):
        if workload.key not in tight or workload.nodes_per_replica > 1:
            continue
        more = workload.survive[0].model_copy(
            update={"keep_replicas": tight[workload.key].left + 1}
        )
        rows = list(problem.workloads)
        rows[at] = workload.model_copy(update={"survive": (more,)})
        higher = problem.model_copy(update={"workloads": tuple(rows)})
        assert "survive" in {each.rule for each in verify(higher, plan)}
        with pytest.raises(AssertionError, match=workload.key):
            judged(higher, plan)


@pytest.mark.large
def test_every_loss_leaves_what_was_promised_in_100_fleets() -> None:
    found: list[Survived] = []
    for seed in range(1000, 1100):
        problem = random_losses(seed)
        found += judged(problem, place(problem))
    every_kind_is_tried(found)
    assert {each.kind for each in found if each.left == each.promised} == {*KINDS}


def with_losses(problem: Problem, seed: int) -> Problem:
    """Return the problem with one more loss to survive for every second workload, of each kind."""
    rng = Random(seed)
    document = problem.model_dump(mode="json", exclude_defaults=True, by_alias=True)
    kinds = [kind for kind in KINDS if kind[0] not in {"rack", "tier"}]  # no labels here
    for number, workload in enumerate(document["workloads"][::2]):
        row = rule_of(rng, kinds[number % len(kinds)])
        workload["survive"] = [*workload.get("survive", ()), row]
        if "load" not in workload:
            workload["replicas"] = max(6, workload["replicas"])
    return Problem.model_validate(document)


@pytest.mark.large
@pytest.mark.parametrize("seed", [0, 2])
def test_every_loss_leaves_what_was_promised_of_50_workloads_with_every_rule(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    from generator import SIZES
    from generator import problem as generated
    from rule_draw import with_every_rule

    fleet = generated(SIZES["50x20"], seed)
    ruled = with_every_rule(fleet, seed, place(fleet, time_limit=20.0, gap=0.005))
    problem = with_losses(ruled, seed)
    found = judged(problem, place(problem, time_limit=60.0, gap=0.02))
    assert len({each.kind for each in found if each.harmful}) > len(KINDS) // 2
