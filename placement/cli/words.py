"""Figures in words."""

import math

__all__ = ["HOURS_PER_MONTH", "counted", "figure", "money", "monthly", "percent"]

HOURS_PER_MONTH = 730
"""8760 hours of a year over 12, as cloud price calculators count a month."""


def money(amount: float) -> str:
    """Return an amount with two to four decimals, such as ``1,234.50`` or ``0.0125``."""
    whole, _, decimals = f"{amount:,.4f}".partition(".")
    return f"{whole}.{decimals[:2]}{decimals[2:].rstrip('0')}"


def figure(amount: float) -> str:
    """Return a figure with up to six decimals, such as ``1,250`` or ``7.8``; a little is not 0."""
    if 0 < amount < 1e-6:
        return f"{amount:.1g}"
    return f"{amount:,.6f}".rstrip("0").rstrip(".")


def monthly(per_hour: float) -> str:
    """Return what an hourly amount comes to in a month of 730 hours."""
    return f"{per_hour * HOURS_PER_MONTH:,.2f}"


def percent(share: float) -> str:
    """Return a share as per cent with up to two decimals; a little is never shown as nothing."""
    if not math.isfinite(share):
        return "unknown"
    if 0 < abs(share) < 0.0001:
        return "below 0.01 %"
    return f"{f'{100 * share:.2f}'.rstrip('0').rstrip('.')} %"


def counted(number: int, one: str, many: str = "") -> str:
    """Return ``1 node`` or ``2 nodes``."""
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"
