"""Usable memory of GPUs: the table, vendors' labels, and what is not in it."""

import pytest

from placement.memory import known_gpu, known_gpu_names, usable_memory
from placement.memory.cards import CARDS
from placement.memory.units import GIB, gib
from placement.problem import Gpu


def gpu(model: str, memory_mib: int, **fields: int) -> Gpu:
    return Gpu(model=model, count=1, memory=memory_mib * 2**20, **fields)


@pytest.mark.parametrize(
    ("label", "name", "nominal_gib"),
    [
        ("A10", "A10", 24),
        ("NVIDIA A10", "A10", 24),
        ("nvidia-a10", "A10", 24),
        ("NVIDIA-A10G", "A10G", 24),
        ("A100-SXM4-80GB", "A100", 80),
        ("NVIDIA-A100-SXM4-40GB", "A100", 40),
        ("NVIDIA-A100-80GB-PCIe", "A100", 80),
        ("NVIDIA-H100-80GB-HBM3", "H100", 80),
        ("NVIDIA H100 NVL", "H100-NVL", 94),
        ("Tesla-V100-SXM2-32GB", "V100", 32),
        ("Tesla T4", "T4", 16),
        ("NVIDIA-GeForce-RTX-4090", "RTX-4090", 24),
        ("NVIDIA RTX A6000", "A6000", 48),
        ("NVIDIA RTX 6000 Ada Generation", "RTX-6000-Ada", 48),
        ("NVIDIA RTX PRO 6000 Blackwell Server Edition", "RTX-PRO-6000", 96),
        ("NVIDIA-GH200-480GB", "GH200", 96),
    ],
)
def test_vendors_labels_name_one_card(label: str, name: str, nominal_gib: int) -> None:
    found = known_gpu(label)
    assert found is not None
    assert (found.model, found.memory) == (name, nominal_gib * GIB)


@pytest.mark.parametrize(
    "label", ["A11", "NVIDIA-A10-SHARED", "NVIDIA-A100-SXM4-80GB-MIG-3g.40gb", "NVIDIA-A10-4Q", ""]
)
def test_what_is_no_whole_card_is_not_known(label: str) -> None:
    assert known_gpu(label) is None


def test_every_name_of_the_table_finds_its_own_card() -> None:
    found = [known_gpu(name) for name in known_gpu_names()]
    assert {(card.name, card.nominal) for card in CARDS} == {
        (one.model, one.memory) for one in found if one is not None
    }
    assert list(known_gpu_names()) == sorted(known_gpu_names())


@pytest.mark.parametrize(
    ("model", "memory_mib", "usable_gib"),
    [
        ("A10", 24576, "22.07"),
        ("L4", 22888, "22.03"),
        ("L4", 24576, "22.03"),
        ("L40S", 45776, "44.31"),
        ("A100", 40960, "39.39"),
        ("A100", 81920, "79.15"),
        ("V100", 16384, "15.78"),
        ("V100", 32768, "31.74"),
        ("H100", 81559, "79.18"),
        ("H100", 96256, "93.00"),
        ("B200", 183359, "178.35"),
        ("B200", 192 * 1024, "178.35"),
        ("NVIDIA-H100-80GB-HBM3", 81920, "79.18"),
    ],
)
def test_memory_tells_cards_of_one_name_apart(model: str, memory_mib: int, usable_gib: str) -> None:
    found = usable_memory(gpu(model, memory_mib))
    assert found.bytes_ == gib(usable_gib)
    assert found.known
    assert found.assumed == ""


def test_stated_usable_memory_wins() -> None:
    found = usable_memory(gpu("A10", 24576, usable_memory=20 * GIB))
    assert (found.bytes_, found.known, found.assumed) == (20 * GIB, True, "")


@pytest.mark.parametrize(("model", "memory_mib"), [("X900", 24576), ("A100", 20480)])
def test_an_unknown_card_or_slice_gets_a_stated_share(model: str, memory_mib: int) -> None:
    found = usable_memory(gpu(model, memory_mib))
    assert found.bytes_ == memory_mib * 2**20 * 90 // 100
    assert not found.known
    assert model in found.assumed
    assert "90 %" in found.assumed


def test_the_share_is_below_that_of_every_card_of_the_table() -> None:
    assert min(card.usable / card.nominal for card in CARDS) > 0.90


def test_a_figure_that_was_not_measured_says_so() -> None:
    assert "not measured" in usable_memory(gpu("A40", 49152)).assumed


def test_usable_memory_never_exceeds_what_the_type_states() -> None:
    assert usable_memory(gpu("A10", 22 * 1024)).bytes_ == 22 * GIB
