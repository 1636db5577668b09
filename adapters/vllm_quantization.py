"""vLLM's methods of quantisation, and the type of the weights that each implies.

Source: vLLM, ``vllm/model_executor/layers/quantization/__init__.py``, ``QuantizationMethods``, and
the documentation's "Quantization" (v0.5 to v0.21).
"""

from collections.abc import Mapping

from placement.problem.model import Dtype

__all__ = ["AS_STORED", "UNQUANTISED", "WIDTHS", "method_name"]

UNQUANTISED: tuple[Dtype, ...] = ("float16", "bfloat16", "float32")
"""Types of weights that a method may still narrow."""

WIDTHS: Mapping[str, Dtype] = {
    "fp8": "fp8",
    "fbgemm_fp8": "fp8",
    "ptpc_fp8": "fp8",
    "fp8_per_tensor": "fp8",
    "fp8_per_block": "fp8",
    "mxfp8": "fp8",
    "modelopt": "fp8",
    "modelopt_mxfp8": "fp8",
    "awq": "int4",
    "awq_marlin": "int4",
    "cpu_awq": "int4",
    "gptq": "int4",
    "gptq_marlin": "int4",
    "auto_round": "int4",
    "moe_wna16": "int4",
    "modelopt_fp4": "nvfp4",
    "petit_nvfp4": "nvfp4",
    "nvfp4": "nvfp4",
    "mxfp4": "mxfp4",
    "bitsandbytes": "nf4",
    "experts_int8": "int8",
    "tpu_int8": "int8",
    "int8": "int8",
    "int4": "int4",
    "nf4": "nf4",
    "w8a8": "int8",
    "w8a16": "int8",
    "w4a16": "int4",
}
"""Methods and the type of weights that they imply; the last six are types, not methods."""

AS_STORED = (
    *("compressed-tensors", "gguf", "quark", "torchao", "inc", "fp_quant", "hqq"),
    *("marlin", "modelopt_mixed", "online"),
)
"""Methods whose width only the model's own files say."""


def method_name(text: str) -> str:
    """Return a method as the tables have it, whichever dashes and capitals it is written with."""
    name = text.strip().lower().replace("-", "_")
    return {method.replace("-", "_"): method for method in AS_STORED}.get(name, name)
