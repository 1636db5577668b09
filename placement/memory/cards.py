"""The table of GPU cards: nominal memory, and what CUDA reports of it.

Where several figures were seen for one card, the smallest counts that was seen more than once.
``measured`` rows are totals that PyTorch printed; the others are derived from a sister card or from
``nvidia-smi`` by the smallest ratio between the two that was seen on a card of the same kind, and
say so.
"""

from dataclasses import dataclass

from placement.memory.units import GIB, gib

__all__ = ["CARDS", "Card"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One card in one size of memory.

    Parameters
    ----------
    name
        As catalogues call it, blanks written as dashes; cards of one name differ in ``nominal``.
    nominal
        Memory as the vendor states it, in bytes (a "24 GB" card has 24 GiB here).
    usable
        Memory that CUDA reports, in bytes.
    source
        Where ``usable`` was seen, or what it is derived from.
    measured
        Whether ``usable`` was seen rather than derived.
    aliases
        Other names of the card, without vendor, form factor and memory size.
    """

    name: str
    nominal: int
    usable: int
    source: str
    measured: bool = True
    aliases: tuple[str, ...] = ()


def _seen(name: str, nominal: int, usable: str, source: str, *aliases: str) -> Card:
    return Card(
        name=name, nominal=nominal * GIB, usable=gib(usable), source=source, aliases=aliases
    )


def _derived(name: str, nominal: int, usable: str, source: str, *aliases: str) -> Card:
    return Card(
        name=name,
        nominal=nominal * GIB,
        usable=gib(usable),
        source=source,
        measured=False,
        aliases=aliases,
    )


_ONCE = "79.11 once, in vllm-project/vllm issue 27508"

CARDS: tuple[Card, ...] = (
    _seen("A10", 24, "22.07", "start-up log on an OCI A10"),
    _seen("A10G", 24, "22.05", "vllm-project/vllm issue 33297 and start-up logs: 22.05, 22.06"),
    _seen("A30", 24, "23.53", "google/RB-Modulation issue 5"),
    _derived("A40", 48, "44.31", "as L40S: nvidia-smi shows the same 46068 MiB"),
    _derived("A6000", 48, "44.31", "as L40S, for ECC switched on", "RTX A6000"),
    _seen("A100", 40, "39.39", "vllm-project/vllm issue 12330 and logs: 39.39 to 39.56", "A800"),
    _seen("A100", 80, "79.15", "vllm-project/vllm issue 10533 and logs: 79.15, 79.25", "A800"),
    _seen("B200", 180, "178.35", "start-up logs: 178.35, 178.36"),
    _derived("B300", 268, "263.9", "0.984 of nominal, the smallest share of an HBM card (A100)"),
    _derived("GB10", 128, "121.69", "start-up logs; the operating system shares it", "DGX Spark"),
    _derived("GB200", 186, "183.77", "0.9932 (H100) of the 189471 MiB of nvidia-smi"),
    _derived("GH200", 96, "94.93", "0.9932 (H100) of the 97871 MiB of nvidia-smi"),
    _derived("H20", 96, "94.93", "0.9932 (H100) of the 97871 MiB of nvidia-smi"),
    _derived("H20", 141, "139.80", "vllm-project/recipes PR 12: 6.99 GiB per 0.05", "H20-3e"),
    _seen("H100", 80, "79.18", f"v0.19 logs: 79.18 to 79.21; {_ONCE}", "H800", "H100-MEGA"),
    _seen("H100-NVL", 94, "93.00", "ali-vilab/VACE issue 56"),
    _seen("H200", 141, "139.81", "start-up log"),
    _seen("K80", 12, "11.17", "lmnt-com/diffwave issue 18"),
    _seen("L4", 24, "22.03", "start-up logs: 22.03, 22.04"),
    _derived("L20", 48, "44.31", "as L40S: nvidia-smi shows the same 46068 MiB"),
    _derived("L40", 48, "44.31", "as L40S: the same board memory"),
    _seen("L40S", 48, "44.31", "start-up logs: 44.31, 44.39"),
    _derived("MI300X", 192, "188.9", "0.984 of nominal, the smallest share of an HBM card (A100)"),
    _derived("P100", 16, "15.74", "0.984 of nominal, the smallest share of an HBM card (A100)"),
    _seen("RTX-3090", 24, "23.58", "vllm-project/vllm issue 10517"),
    _derived("RTX-4000-Ada", 20, "19.5", "0.977 (T4) of the 20475 MiB of nvidia-smi"),
    _seen("RTX-4090", 24, "23.55", "vllm-project/vllm issues 11550 and 13061"),
    _seen("RTX-4090", 48, "47.37", "start-up log on a card with doubled memory"),
    _derived("RTX-5070-Ti", 16, "15.51", "total of an unnamed 16 GB consumer card", "RTX 5080"),
    _derived("RTX-5090", 32, "31.38", "31.4 GiB in vLLM's recipes; as RTX PRO 4500"),
    _seen("RTX-6000-Ada", 48, "44.43", "DINGYANB/MTVCrafter issue 21"),
    _seen("RTX-PRO-4500", 32, "31.38", "vllm-project/vllm PR 51590: 33689829376 bytes"),
    _seen("RTX-PRO-6000", 96, "94.97", "start-up logs: 94.97 to 95.22"),
    _seen("T4", 16, "14.56", "Zheng-Chong/CatVTON issue 133 and start-up logs: 14.56 to 14.74"),
    _derived("T4G", 16, "14.56", "as T4: the same card beside an Arm processor"),
    _seen("V100", 16, "15.78", "kchengiva/Shift-GCN issue 34"),
    _seen("V100", 32, "31.74", "liucongg/ChatGLM-Finetuning issue 73", "V100S"),
)
"""Cards by name, then by memory."""
