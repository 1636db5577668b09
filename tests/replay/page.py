"""The page ``docs/threads.md``, made of the scenarios: ``python -m tests.replay.page`` writes it."""

from collections.abc import Iterator
from pathlib import Path

from tests.replay.families import FAMILIES
from tests.replay.scenario import Scenario

__all__ = ["PAGE", "page"]

PAGE = Path(__file__).resolve().parents[2] / "docs" / "threads.md"

HEAD = """# Threads

What users of other projects ask for in their threads, as scenarios that run: a small problem, what a rule in use does with it, and what
`place()` does. `tests/replay` has the documents, `tests/test_replay.py` runs each, asserts every figure below on both sides, and verifies our plan, which is proven
optimal in all of them. This page is made by `python -m tests.replay.page`, and a test holds it to the scenarios.

* **The situations** are made up and small; figures that stand in a thread are said to be its own. They show what differs, not how often, and not how much a fleet saves.
* **The rules** are those of [baselines.md](baselines.md), or models of one rule each, as its project states it (the list is at the end). A rule of another project
  stands in where the thread's has none for the question, or none that is written down: those are marked *stand-in*.
* **Figures** are the rule's → ours, in bold where ours is claimed to be better. Costs are of nodes, per hour; "breaks" counts what the verifier finds against the problem's
  rules; "in A" is replicas in cluster A; "moved" leaves out a scale-down.
* **In part** means that something of the thread is not answered; the paragraph says what.
"""

NOT_TAKEN = """## Not taken

| thread | why |
| --- | --- |
| kubernetes/autoscaler#3241, gardener/autoscaler#92 | how fast a shortage is noticed is outside; the choice of zones is as in kubernetes/autoscaler#4142 |
| karmada-io/karmada#6025 | asks how the scheduler decides: [model.md](model.md) is that page here |
| karmada-io/karmada#4995, #4701 | the load of estimators |
| kubernetes-sigs/karpenter#711, aws/karpenter-provider-aws#3732 | why one node stays: `explain` is for workloads, no figure to assert |
| kubernetes-sigs/kueue#10766, #14540, open-cluster-management-io/ocm#369 | hooks, each of which needs an adapter |
| volcano-sh/volcano#3310, #3731 | queues of jobs over time |
| aws/karpenter-provider-aws#8447 | no rule tells GPU nodes from others when CPU pods are left on them |
| defilantech/LLMKube#1423 | `nodes_per_replica` is the choice; no rule in use to hold it against |
"""


def page() -> str:
    """Return the page."""
    scenarios = [make() for makers in FAMILIES.values() for make in makers]
    parts = [HEAD, f"{_counts(scenarios)}\n"]
    for family, makers in FAMILIES.items():
        parts.append("\n".join(_family(family, [make() for make in makers])))
    parts.append("\n".join(_rules(scenarios)))
    return "\n".join([*parts, NOT_TAKEN])


def _counts(scenarios: list[Scenario]) -> str:
    threads = {one for each in scenarios for one in (each.thread, *each.also)}
    own = {each.thread for each in scenarios}
    part = sum(bool(each.part) for each in scenarios)
    stand_in = sum(bool(each.stand_in) for each in scenarios)
    return (
        f"{len(scenarios)} scenarios on {len(own)} threads ({len(threads)} with those that ask for "
        f"the same); {part} answer their thread in part, {stand_in} have a stand-in."
    )


def _family(family: str, scenarios: list[Scenario]) -> Iterator[str]:
    yield f"## {family}\n"
    yield "| thread | the ask | held against | figures |"
    yield "| --- | --- | --- | --- |"
    for each in scenarios:
        marks = [mark for mark, is_so in (("in part", each.part),) if is_so]
        ask = f"{each.ask} ({', '.join(marks)})" if marks else each.ask
        rule = f"*stand-in*: {each.incumbent.name}" if each.stand_in else each.incumbent.name
        yield f"| {_link(each.thread)} | {ask} | {rule} | {_figures(each)} |"
    for each in scenarios:
        yield f"\n**{', '.join((each.thread, *each.also))}.** {each.situation}{_also(each)}"
    yield ""


def _also(each: Scenario) -> str:
    """Return what a paragraph says beyond the situation."""
    said = "".join(f" The reason that the plan gives: `{words}`." for words in each.says)
    theirs = "".join(f" The rule's reason: `{words}`." for words in each.they_say)
    stand_in = f" Stand-in: {each.stand_in}." if each.stand_in else ""
    return f"{theirs}{said}{stand_in}" + (f" In part: {each.part}." if each.part else "")


def _figures(each: Scenario) -> str:
    shown = []
    for measure, (theirs, ours) in each.figures.items():
        text = f"{measure} {theirs:g} → {ours:g}"
        shown.append(f"**{text}**" if measure in each.better else text)
    return "; ".join(shown)


def _rules(scenarios: list[Scenario]) -> Iterator[str]:
    yield "## The rules\n"
    yield "| rule | where it is written down |"
    yield "| --- | --- |"
    for name, source in sorted({(one.incumbent.name, one.incumbent.source) for one in scenarios}):
        yield f"| {name} | {source} |"
    yield ""


def _link(thread: str) -> str:
    repository, _, number = thread.partition("#")
    return f"[{thread}](https://github.com/{repository}/issues/{number})"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
