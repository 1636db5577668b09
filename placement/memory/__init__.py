"""GPU memory of a replica: what a model needs, what a GPU offers, and which degree fits.

The laws stand in docs/memory.md, one file each (weights, kv_cache, overhead); fit puts them
together.
"""

from placement.memory.advice import Advice, advice
from placement.memory.choice import accepted, gpus_needed, smallest_fit
from placement.memory.engine import Engine, engine_of
from placement.memory.fit import fit, verdict_of
from placement.memory.gpus import Usable, known_gpu, known_gpu_names, usable_memory
from placement.memory.models import known_model, known_model_names
from placement.memory.parameters import parameters_of
from placement.memory.result import Fits, MemoryFit
from placement.memory.variants import known_variant

__all__ = [
    "Advice",
    "Engine",
    "Fits",
    "MemoryFit",
    "Usable",
    "accepted",
    "advice",
    "engine_of",
    "fit",
    "gpus_needed",
    "known_gpu",
    "known_gpu_names",
    "known_model",
    "known_model_names",
    "known_variant",
    "parameters_of",
    "smallest_fit",
    "usable_memory",
    "verdict_of",
]
