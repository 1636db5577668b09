"""The page ``docs/threads.md``, made of the scenarios.

``python -m tests.replay.page`` writes it.
"""

from collections.abc import Iterator
from pathlib import Path

from tests.replay.families import FAMILIES
from tests.replay.scenario import Scenario

__all__ = ["PAGE", "page"]

PAGE = Path(__file__).resolve().parents[2] / "docs" / "threads.md"
FOLDER = Path(__file__).parent


def page() -> str:
    """Return the page."""
    scenarios = [make() for makers in FAMILIES.values() for make in makers]
    parts = [_text("page_head"), f"{_counts(scenarios)}\n"]
    for family, makers in FAMILIES.items():
        parts.append("\n".join(_family(family, [make() for make in makers])))
    parts.append("\n".join(_rules(scenarios)))
    return "\n".join([*parts, _text("page_tail")])


def _text(name: str) -> str:
    return (FOLDER / f"{name}.md").read_text(encoding="utf-8")


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
