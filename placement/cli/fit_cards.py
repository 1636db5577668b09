"""Which GPUs ``placement fit`` is asked for, by the names that were given."""

import math
import os
from collections.abc import Iterable, Sequence

from placement.errors import InputError, Issue, nearest, show
from placement.problem import Gpu

__all__ = ["gpus_of", "told_apart"]

_TOO_OLD = ("K80", "P100")
"""Cards that vLLM does not run on: it needs compute capability 7.0 (vLLM documentation,
"Installation: GPU", v0.11), and these have 3.7 and 6.0. They are sized only when named."""


def told_apart(models: Sequence[str], gpus: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return models and cards: ``--gpu A10 L4`` names two cards, though the parser sees one.

    Raises
    ------
    InputError
        When only cards are left.
    """
    from placement.memory import known_gpu, known_model

    cards = [name.strip() for word in gpus for name in word.strip(", ").split(",")]
    if not gpus:
        return list(models), cards
    more = [
        word
        for word in models
        if known_gpu(word) and not known_model(word) and not os.path.exists(word)
    ]
    left = [word for word in models if word not in more]
    if not left:
        rule = "names none: only cards are given; put the models before --gpu"
        raise InputError([Issue(path="MODEL", rule=rule, value=", ".join(models))])
    return left, [*cards, *more]


def gpus_of(names: Sequence[str], total_gib: float | None) -> dict[str, Gpu]:
    """Return the GPUs to size for by name; without names, all that vLLM runs on.

    Parameters
    ----------
    total_gib
        Memory that CUDA reports, in GiB, in place of the table's.

    Raises
    ------
    InputError
        When a name is not in the table of GPUs, or the memory is out of range.
    """
    from placement.memory import known_gpu, known_gpu_names
    from placement.memory.units import gib

    if total_gib is not None and not (math.isfinite(total_gib) and 0 < total_gib <= 10_000):
        rule = "must be above 0 and at most 10000"
        raise InputError([Issue(path="--gpu-total-gib", rule=rule, value=str(total_gib))])
    total = None if total_gib is None else gib(total_gib)
    if not names and total is not None:
        return {f"{total_gib:g} GiB": Gpu(model="GPU", count=1, memory=total, usable_memory=total)}
    known = known_gpu_names()
    wanted = names or [name for name in known if name not in _TOO_OLD]
    found: dict[str, Gpu] = {}
    issues = []
    for name in wanted:
        card = known_gpu(name)
        if card is None and total is None:
            close = nearest(name, known) or _closest(name, known)
            rule = f"is not in the table of GPUs; state its memory with --gpu-total-gib{close}"
            issues.append(Issue(path="--gpu", rule=rule, value=show(name)))
        elif total is None and card is not None:
            found[name] = card
        elif total is not None:
            nominal = max(total, card.memory if card else 0)
            # A card that is not in the table is a name alone, whatever its signs are.
            model = card.model if card else "GPU"
            found[name] = Gpu(model=model, count=1, memory=nominal, usable_memory=total)
    if issues:
        raise InputError(issues)
    return found


def _closest(name: str, known: Iterable[str]) -> str:
    """Return known names that hold ``name`` or are held by it."""
    low = name.lower()
    alike = [other for other in known if low and (low in other.lower() or other.lower() in low)]
    return f"; known: {', '.join(alike)}" if alike else f"; known: {', '.join(known)}"
