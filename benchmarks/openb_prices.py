"""What a node of the openb trace costs per hour: **assumed**, the trace has no prices."""

from openb_trace import Kind

__all__ = ["BY_GPU", "BY_VCPU", "price"]

BY_GPU = {
    "T4": 0.35,
    "P100": 0.60,
    "A10": 0.75,
    "V100M16": 1.00,
    "V100M32": 1.25,
    "G2": 1.00,
    "G3": 2.00,
}
"""USD for each GPU; G2 and G3 are models that the trace does not disclose."""

BY_VCPU = 0.01  # USD for each vCPU


def price(kind: Kind) -> float:
    """Return the assumed USD per hour of a node."""
    return round(kind.gpus * BY_GPU[kind.model] + kind.cpu_milli / 1000 * BY_VCPU, 2)
