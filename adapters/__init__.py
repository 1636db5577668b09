"""The outside world and placement: each module translates and does nothing else."""
