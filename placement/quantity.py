"""Kubernetes quantities to integers in base units, and back.

CPU is counted in thousandths of a core, everything else in whole units (bytes, GPUs, pods).

Source: Kubernetes API reference, ``resource.Quantity`` (v1.36): decimal suffixes n u m k M G T P E,
binary suffixes Ki Mi Gi Ti Pi Ei, and decimal exponents.
"""

import re
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

__all__ = ["CPU", "MEMORY", "PODS", "format_quantity", "parse_quantity"]

CPU = "cpu"
MEMORY = "memory"
PODS = "pods"
_BYTES = (MEMORY, "ephemeral-storage")
LARGEST = 2**63 - 1  # what a Kubernetes quantity can hold

_BINARY = {f"{prefix}i": 1024**power for power, prefix in enumerate("KMGTPE", start=1)}
_DECIMAL = {
    "n": Decimal("1e-9"),
    "u": Decimal("1e-6"),
    "m": Decimal("1e-3"),
    "": Decimal(1),
    "k": Decimal(10**3),
    "M": Decimal(10**6),
    "G": Decimal(10**9),
    "T": Decimal(10**12),
    "P": Decimal(10**15),
    "E": Decimal(10**18),
}
_SUFFIX = {**_DECIMAL, **{name: Decimal(size) for name, size in _BINARY.items()}}
_FORM = re.compile(
    r"\+?([0-9]{1,40}(?:\.[0-9]{0,40})?|\.[0-9]{1,40})(?:([eE][+-]?[0-9]{1,2})|([a-zA-Z]{0,2}))"
)


def parse_quantity(value: object, resource: str = "", *, round_up: bool = True) -> int:
    """Return a quantity as an integer in base units.

    Parameters
    ----------
    value
        A Kubernetes quantity such as ``24Gi``, ``500m``, ``1e3``, or a plain number.
    resource
        The resource's name; ``cpu`` is counted in thousandths of a core.
    round_up
        Round a fraction of a unit up (a request) or down (a capacity).

    Raises
    ------
    ValueError
        When the value is no quantity, is negative or exceeds 2^63 - 1 units.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError("must be a Kubernetes quantity such as 24Gi, 500m or 8")
    text = (value if isinstance(value, str) else repr(value)).strip()
    match = _FORM.fullmatch(text)
    if match is None or (match[3] or "") not in _SUFFIX:
        if text.startswith("-"):
            raise ValueError("must not be negative")
        raise ValueError("must be a Kubernetes quantity such as 24Gi, 500m or 8")
    amount = Decimal(match[1] + (match[2] or "")) * _SUFFIX[match[3] or ""]
    if resource == CPU:
        amount *= 1000
    if amount > LARGEST:
        raise ValueError("must not exceed 2^63 - 1 units")
    return int(amount.to_integral_value(ROUND_CEILING if round_up else ROUND_FLOOR))


def format_quantity(amount: int, resource: str = "") -> str:
    """Return base units as the shortest exact Kubernetes quantity.

    ``cpu`` is read as thousandths of a core; bytes take a binary suffix where it is exact.
    """
    if resource == CPU:
        return str(amount // 1000) if amount % 1000 == 0 else f"{amount}m"
    if resource in _BYTES or resource.startswith("hugepages-"):
        for suffix, size in reversed(_BINARY.items()):
            if amount and amount % size == 0:
                return f"{amount // size}{suffix}"
    return str(amount)
