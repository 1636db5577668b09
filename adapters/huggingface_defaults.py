"""What a nested configuration leaves out: transformers' defaults of each type of text model."""

from collections.abc import Mapping

__all__ = ["is_known", "text_defaults"]

_FIELDS = (
    "num_hidden_layers",
    "hidden_size",
    "intermediate_size",
    "vocab_size",
    "num_attention_heads",
    "num_key_value_heads",
    "head_dim",
    "max_position_embeddings",
    "sliding_window",
)
_ROWS: dict[str, tuple[int | None, ...]] = {
    "llama": (32, 4096, 11008, 32000, 32, None, None, 2048, None),
    "mistral": (32, 4096, 14336, 32000, 32, 8, None, 131072, 4096),
    "qwen2": (32, 4096, 22016, 151936, 32, 32, None, 32768, None),
    "qwen3": (32, 4096, 22016, 151936, 32, 32, 128, 32768, None),
    "qwen2_vl_text": (80, 8192, 29568, 152064, 64, 8, None, 32768, None),
    "qwen2_5_vl_text": (80, 8192, 29568, 152064, 64, 8, None, 32768, None),
    "qwen3_vl_text": (32, 4096, 22016, 151936, 32, 32, 128, 128000, None),
    "qwen3_vl_moe_text": (24, 2048, 5632, 151936, 16, 16, None, 128000, None),
    "qwen3_5_text": (32, 4096, 12288, 248320, 16, 4, 256, 32768, None),
    "qwen3_5_moe_text": (40, 2048, None, 248320, 16, 2, 256, 32768, None),
    "gemma": (28, 3072, 24576, 256000, 16, 16, 256, 8192, None),
    "gemma2": (26, 2304, 9216, 256000, 8, 4, 256, 8192, 4096),
    "gemma3_text": (26, 2304, 9216, 262208, 8, 4, 256, 131072, 4096),
    "gemma3n_text": (35, 2048, 16384, 262400, 8, 2, 256, 32768, 512),
    "gemma4_text": (30, 2304, 9216, 262144, 8, 4, 256, 131072, 512),
    "llama4_text": (48, 5120, 8192, 202048, 40, 8, 128, 131072, None),
    "mllama_text_model": (40, 4096, 14336, 128256, 32, 8, None, 131072, None),
}
_EXPERTS: dict[str, dict[str, int]] = {
    "qwen3_vl_moe_text": {
        "num_experts": 60,
        "num_experts_per_tok": 4,
        "moe_intermediate_size": 1408,
    },
    "qwen3_5_moe_text": {
        "num_experts": 256,
        "num_experts_per_tok": 8,
        "moe_intermediate_size": 512,
        "shared_expert_intermediate_size": 512,
    },
    "llama4_text": {
        "num_local_experts": 16,
        "num_experts_per_tok": 1,
        "intermediate_size_mlp": 16384,
        "attention_chunk_size": 8192,
        "interleave_moe_layer_step": 1,
    },
}
_KNOWN = (  # families whose weights are counted exactly or nearly so, by how their names begin
    *("bloom", "codellama", "cohere", "deepseek", "falcon", "gemma", "glm", "gpt", "granite"),
    *("kimi", "llama", "llava", "minimax", "ministral", "mistral", "mixtral", "mllama", "mpt"),
    *("nemotron", "olmo", "opt", "phi", "qwen", "smollm3", "starcoder"),
)


def is_known(kind: str) -> bool:
    """Return whether models of this ``model_type`` are counted with what they have besides."""
    return kind.startswith(_KNOWN)


def text_defaults(kind: str) -> Mapping[str, int]:
    """Return the fields that a text model of this ``model_type`` has where none is written.

    Notes
    -----
    A nested ``text_config`` is saved without what equals its defaults. Source: the
    ``configuration_*.py`` of transformers 5.24.0.
    """
    row = zip(_FIELDS, _ROWS.get(kind, ()), strict=False)
    plain = {name: value for name, value in row if value is not None}
    return {**plain, **_EXPERTS.get(kind, {})}
