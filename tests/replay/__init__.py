"""Threads of other projects as scenarios that can be run; ``docs/threads.md`` shows them."""
