"""How much memory a GPU really offers: the table of cards, and a stated share for the rest."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from placement.memory.cards import CARDS, Card
from placement.memory.units import GIB, show_gib
from placement.problem.catalog import Gpu

__all__ = ["Usable", "known_gpu", "known_gpu_names", "usable_memory"]

UNKNOWN_SHARE = 90
"""Per cent of nominal memory that an unknown card is trusted with.

Source: the smallest share in the table is the T4's, 14.56 of 16 GiB = 0.91, rounded down.
"""

TOLERANCE = 12
"""Per cent by which a stated memory may differ from a card's nominal memory.

Catalogues state a "24 GB" card as 24576 MiB or as 22888 MiB (AWS, decimal GB: 0.931), drivers as
23028 MiB; a B200 is sold as 180, 183359 MiB or 192 GB (1.067). Half a card is far outside.
"""

_SIZE = re.compile(r"(\d+)gi?b")
_IGNORED = re.compile(
    r"amd|blackwell|corporation|edition|geforce|generation|gpu|hbm\d?e?|instinct|nvidia|pcie|quadro|"
    r"server|sxm\d?|tesla|workstation"
)  # vendor, form factor and line of product: what tells no card from another


@dataclass(frozen=True, slots=True, kw_only=True)
class Usable:
    """The memory that CUDA reports on one GPU.

    Parameters
    ----------
    bytes_
        In bytes.
    card
        Name of the card in the table; empty where it is not in it.
    source
        What the figure rests on, as a sentence for people.
    known
        False where it is only a share of the nominal memory.
    assumed
        What was assumed; empty where the figure was measured or stated.
    """

    bytes_: int
    card: str
    source: str
    known: bool = True
    assumed: str = ""


@lru_cache(maxsize=1024)
def usable_memory(gpu: Gpu) -> Usable:
    """Return what CUDA reports on one GPU: as stated, else from the table, else a share.

    A card that comes in several sizes is told apart by ``gpu.memory``, with a tolerance. A size
    that no such card has, such as a slice of one, counts as unknown.
    """
    card = _find(gpu.model, gpu.memory)
    name = card.name if card else ""
    if gpu.usable_memory is not None:
        return Usable(bytes_=gpu.usable_memory, card=name, source="stated by the user")
    if card is None:
        share = gpu.memory * UNKNOWN_SHARE // 100
        text = (
            f"{gpu.model} with {show_gib(gpu.memory)} is not in the table of GPUs: "
            f"{UNKNOWN_SHARE} % of that assumed usable; state usable_memory to replace it"
        )
        return Usable(bytes_=share, card="", source="share of nominal", known=False, assumed=text)
    derived = f"usable memory of {name} was not measured: {card.source}"
    return Usable(
        bytes_=min(card.usable, gpu.memory),
        card=name,
        source=card.source,
        assumed="" if card.measured else derived,
    )


def known_gpu(name: str) -> Gpu | None:
    """Return one GPU of the table by its name or a vendor's label, or None.

    Where the name does not say which size is meant, the smaller one is returned.
    """
    key, size = _read(name)
    cards = _cards().get(key, ())
    fitting = [card for card in cards if size is None or _near(size * GIB, card.nominal)]
    card = min(fitting or cards, key=lambda card: card.nominal, default=None)
    return None if card is None else Gpu(model=card.name, count=1, memory=card.nominal)


def known_gpu_names() -> tuple[str, ...]:
    """Return the names that :func:`known_gpu` tells apart, sorted; sizes are added where needed."""
    names = [card.name for card in CARDS]
    sized = (
        f"{card.name}-{card.nominal // GIB}GB" if names.count(card.name) > 1 else card.name
        for card in CARDS
    )
    return tuple(sorted(sized))


def _find(model: str, memory: int) -> Card | None:
    """Return the card of this name whose nominal memory is nearest, if one is near enough."""
    key, _ = _read(model)
    families = (key, "h100nvl") if key == "h100" else (key,)  # told apart by memory, if at all
    cards = [card for family in families for card in _cards().get(family, ())]
    near = [card for card in cards if _near(memory, card.nominal)]
    return min(near, key=lambda card: abs(card.nominal - memory), default=None)


def _near(memory: int, nominal: int) -> bool:
    return abs(memory - nominal) * 100 <= TOLERANCE * nominal


@cache
def _cards() -> Mapping[str, tuple[Card, ...]]:
    """Return the cards of each name and alias."""
    found: dict[str, tuple[Card, ...]] = {}
    for card in CARDS:
        for name in (card.name, *card.aliases):
            key, _ = _read(name)
            found[key] = (*found.get(key, ()), card)
    return found


def _read(label: str) -> tuple[str, int | None]:
    """Return a label's key, without vendor, form factor and size, and the size in GB if named."""
    size: int | None = None
    key = ""
    for word in re.split(r"[-_\s]+", label.lower()):
        match = _SIZE.fullmatch(word)
        if match:
            size = size or int(match[1])
        elif not _IGNORED.fullmatch(word):
            key += word
    return key, size
