"""Greedy baselines: each the faithful rule of something that people use. See docs/baselines.md."""
