"""From a row of a catalog to the instance type of a problem."""

import re

from placement.adapters.catalog_rows import TypeRow
from placement.adapters.node_reserve import MIB, Reserve
from placement.problem import Gpu, InstanceType
from placement.quantity import format_quantity

__all__ = ["gpu_resource", "instance_type"]

_AMD = re.compile(r"(?:AMD-)?(?:Radeon|MI[0-9])")


def gpu_resource(model: str) -> str:
    """Return the name under which Kubernetes counts a card.

    Source: the resource names that the device plugins of AMD (ROCm/k8s-device-plugin) and NVIDIA
    (NVIDIA/k8s-device-plugin) register. Radeon and Instinct (MI...) cards are AMD's.
    """
    return "amd.com/gpu" if _AMD.match(model) else "nvidia.com/gpu"


def instance_type(row: TypeRow, reserve: Reserve) -> InstanceType:
    """Return the type with its allocatable resources in base units."""
    gpu = None
    if row.gpu_count:
        memory = row.gpu_memory_mib * MIB
        resource = gpu_resource(row.gpu_model)
        gpu = Gpu(model=row.gpu_model, count=row.gpu_count, memory=memory, resource=resource)
    free = reserve.allocatable(vcpus=row.vcpu, memory=row.memory_mib * MIB)
    return InstanceType.model_validate(
        {
            "name": row.instance_type,
            "provider": row.provider,
            "gpu": gpu,
            "vcpus": row.vcpu,
            "allocatable": {name: format_quantity(free[name], name) for name in free},
        }
    )
