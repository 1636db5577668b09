"""The instance types that most scenarios share."""

__all__ = ["TYPES"]

TYPES = """
instance_types:
  - {name: l4, gpu: {model: L4, count: 1, memory: 24Gi}, allocatable: {cpu: 8, memory: 30Gi}}
  - {name: l4x4, gpu: {model: L4, count: 4, memory: 24Gi}, allocatable: {cpu: 44, memory: 180Gi}}
  - {name: h100x8, gpu: {model: H100, count: 8, memory: 80Gi},
     allocatable: {cpu: 180, memory: 1800Gi}}
"""
