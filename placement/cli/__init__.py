"""The command ``placement``: reads, calls, shows. Nothing imports it; see docs/command.md."""
