"""What the package promises by name is there, sorted, and nothing else."""

import placement


def test_all_is_sorted_and_every_name_resolves() -> None:
    assert placement.__all__ == sorted(placement.__all__)
    assert all(getattr(placement, name) is not None for name in placement.__all__)


def test_dir_lists_the_public_names() -> None:
    assert set(placement.__all__) <= set(dir(placement))


def test_functions_win_over_the_modules_they_live_in() -> None:
    assert placement.place.__module__ == "placement.place"
    assert placement.verify.__module__ == "placement.verify.judge"
    assert callable(placement.place)
    assert callable(placement.verify)
