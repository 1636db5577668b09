"""A catalog of four types and two regions, small enough to break in one place at a time."""

from pathlib import Path

__all__ = ["OFFERED", "PRICES", "TYPES", "folder"]

TYPES = """provider,instance_type,gpu_model,gpu_count,gpu_memory_mib,vcpu,memory_mib
acme,big,H100 NVL,2,96256,40,327680
acme,small,L4,1,24576,4,16384
other,amd,Radeon Pro V520,1,8192,4,16384
other,plain,,0,0,2,8192
"""
PRICES = """provider,region,instance_type,market,price_usd_per_hour,currency,price,zone
acme,north,big,on_demand,10,CNY,71,
acme,north,small,on_demand,0.8,USD,0.8,
acme,north,small,spot,0.3,USD,0.3,n-a
acme,north,small,spot,0.4,USD,0.4,n-b
"""
OFFERED = """provider,region,zone,instance_type
acme,north,n-a,small
acme,north,n-b,small
acme,north,n-a,big
"""


def folder(
    tmp_path: Path, *, types: str = TYPES, prices: str = PRICES, offered: str = OFFERED
) -> Path:
    """Write a small catalog and return its folder."""
    for name, text in (("instance_types", types), ("prices", prices), ("offerings", offered)):
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    return tmp_path
