"""How much effort the levels are worth: limits of size and of work, never of time.

The figures were chosen by trial on the instances of benchmarks/README.md (10x5, 50x20 and 200x50,
seeds 0 to 2, November 2026): with more named candidates, 50x20 took 15 s over equal plans.
"""

__all__ = ["GUESS_GAP", "MOST_COUNTED", "MOST_NAMED", "RULED_ENOUGH", "SMALL_ENOUGH", "TIE_WORK"]

TIE_WORK = 200  # nodes of the search tree for a level that only chooses among plans of one cost

SMALL_ENOUGH = 5_000  # candidates up to which the whole programme is solved at once
RULED_ENOUGH = 500  # the same with rules: 50x20 with every rule, 4,000 of them, took 4.5 s, not 0.8
GUESS_GAP = 2e-4  # relative gap at which a start is good enough

MOST_COUNTED = 5_000
MOST_NAMED = 300
"""Candidates in plans of the least cost up to which equal plans are told apart by clusters, and by
names. Above them the solver's own choice stands; it is the same on every run."""
