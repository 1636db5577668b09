"""The number of weights of a model, counted from its architecture."""

from placement.problem.model import Model

__all__ = ["attention_weights", "parameters_of"]


def parameters_of(model: Model, *, qkv_bias: bool = False, qk_norm: bool = False) -> int:
    """Return the number of weights of a Llama-like decoder, exact for dense models.

    Counted are embeddings and head (once if tied), attention with grouped KV heads or MLA, a MLP or
    experts with their router, two norms a layer and a last one. Biases of the MLP are not.

    Parameters
    ----------
    qkv_bias
        Queries, keys and values have a bias, as in Qwen 2 and 2.5.
    qk_norm
        Queries and keys are normalised by head, as in Qwen 3.

    Raises
    ------
    ValueError
        When a figure of the architecture is missing.
    """
    layers, hidden, inner, vocabulary, heads = (
        model.layers,
        model.hidden_size,
        model.intermediate_size,
        model.vocab_size,
        model.attention_heads,
    )
    if not (layers and hidden and inner and vocabulary and heads):
        raise ValueError(
            "layers, hidden_size, intermediate_size, vocab_size, attention_heads needed"
        )
    size = model.head_dim or hidden // heads
    kv_heads = model.kv_heads or heads
    attention = attention_weights(model, hidden, heads, kv_heads, size)
    extras = (heads + 2 * kv_heads) * size * qkv_bias + 2 * size * qk_norm + 2 * hidden
    dense = model.mlp_matrices * hidden * inner
    sparse = dense
    if model.experts:
        each = model.mlp_matrices * hidden * (model.expert_intermediate_size or inner)
        sparse = model.experts * each + (model.experts - model.shared_experts) * hidden
    without_experts = min(layers, model.dense_layers) if model.experts else 0
    mlp = without_experts * dense + (layers - without_experts) * sparse
    embeddings = vocabulary * hidden * (1 if model.tie_word_embeddings else 2)
    return layers * (attention + extras) + mlp + embeddings + hidden


def attention_weights(model: Model, hidden: int, heads: int, kv_heads: int, size: int) -> int:
    """Return the weights of one layer's attention; ``size`` is that of a query head.

    Notes
    -----
    Source of MLA: DeepSeek-V2 (arXiv 2405.04434, section 2.1): queries go through ``q_lora_rank``
    if there is one, keys and values through ``kv_lora_rank`` beside the shared rotary part.
    """
    if not model.kv_lora_rank:
        return 2 * hidden * size * (heads + kv_heads)
    rank, rotary = model.kv_lora_rank, model.qk_rope_head_dim or 0
    plain = size - rotary
    queries = hidden * heads * size
    if model.q_lora_rank:
        queries = model.q_lora_rank * (hidden + heads * size + 1)
    keys_and_values = hidden * (rank + rotary) + rank * (2 * heads * plain + 1)
    return queries + keys_and_values + heads * plain * hidden
