"""A thread as something that can be run: the situation, the incumbent's rule, and the figures."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import yaml

from placement import Plan, Problem

__all__ = ["Incumbent", "Scenario"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Incumbent:
    """A rule that people use.

    Parameters
    ----------
    name
        As the page shows it.
    source
        Where the rule is written down, with its version where it has one.
    plan
        What the rule does with a problem.
    """

    name: str
    source: str
    plan: Callable[[Problem], Plan]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One thread.

    Parameters
    ----------
    thread
        ``owner/repository#number``.
    also
        Threads that ask for the same.
    ask
        What is asked for, in a line.
    situation
        What the document shows, and why the figures differ.
    document
        The problem, as YAML.
    stand_in
        Why the incumbent is another project's rule; empty where it is the thread's own.
    figures
        By measure (``measures.counted``): the incumbent's, and ours.
    better
        The measures in which ours is claimed to be better.
    says, they_say
        What must stand in our, and in the incumbent's reasons for what is left out.
    part
        What of the thread is not answered; empty where all is.
    """

    thread: str
    also: tuple[str, ...] = ()
    ask: str
    situation: str
    document: str
    incumbent: Incumbent
    stand_in: str = ""
    figures: Mapping[str, tuple[float, float]]
    better: tuple[str, ...]
    says: tuple[str, ...] = ()
    they_say: tuple[str, ...] = ()
    part: str = ""

    @property
    def problem(self) -> Problem:
        """Return the document as a problem."""
        return Problem.model_validate(yaml.safe_load(self.document))
