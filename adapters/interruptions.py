"""From the bands of the AWS Spot Advisor to interruptions per node and hour."""

import math
from collections.abc import Mapping

__all__ = ["HOURS_PER_MONTH", "MONTHLY", "UNKNOWN", "per_hour"]

HOURS_PER_MONTH = 730.0
"""8760 hours of a year over 12, as AWS's own price calculator counts a month."""

MONTHLY: Mapping[str, float] = {
    "<5%": 0.025,
    "5-10%": 0.075,
    "10-15%": 0.125,
    "15-20%": 0.175,
    ">20%": 0.225,
}
"""Share of nodes interrupted in a month, by band: the band's middle.

Source of the bands: AWS Spot Instance Advisor, "frequency of interruption", the rate at which
capacity was reclaimed over the trailing month. The last band has no upper end; it is read as one
more band of the same width, 20 to 25 %, which is an assumption.
"""

UNKNOWN = ">20%"
"""The band assumed for spot capacity of which nothing is published: the worst, on purpose."""


def per_hour(monthly: float) -> float:
    """Return interruptions per node and hour from the share interrupted in a month.

    A constant rate r leaves the share exp(-r h) of the nodes untouched after h hours, hence
    r = -ln(1 - monthly) / 730. The result is rounded to 1e-9.

    Raises
    ------
    ValueError
        When the share is not in [0, 1).
    """
    if not 0 <= monthly < 1:
        raise ValueError("must be a share of at least 0 and below 1")
    return round(-math.log1p(-monthly) / HOURS_PER_MONTH, 9) + 0.0
