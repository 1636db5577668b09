"""KV cache: bytes of a token on one GPU, blocks of a request, tokens that a cache holds."""

from dataclasses import dataclass

from placement.memory.architecture import Architecture, architecture_of
from placement.problem.model import Model
from placement.problem.serving import Serving

__all__ = ["Cache", "cache_of", "context_assumption", "context_length"]

ASSUMED_CONTEXT = 8192  # tokens, where neither the serving flags nor the model say

BLOCK = 16
"""Tokens of a block. Source: vLLM, ``CacheConfig.block_size`` on CUDA (MLA kernels take 64)."""

_BYTES = {"float32": 4, "float16": 2, "bfloat16": 2, "fp8": 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cache:
    r"""How one GPU caches keys and values, and what one request needs of it.

    Layers of one kind form groups of :math:`g` layers; a block of one group takes
    :math:`g` pages of 16 tokens of one layer. With windowed layers beside full ones,

    .. math:: g = \begin{cases} \max(F, W) & \max(F, W) < 1.25 \min(F, W) \\ \min(F, W)
        \end{cases}

    for :math:`F` full and :math:`W` windowed layers; the last group of a kind may stay partly
    empty. Without windows all layers form one group.

    Parameters
    ----------
    page
        Bytes of 16 tokens of one layer.
    group
        Layers of a group.
    full, windowed
        Groups of layers that see everything, and of those that see a window.
    window
        Tokens of the window.
    step
        Tokens of one step, which a window keeps beside itself.
    draft
        Bytes that a draft model's layers add to every block.

    Notes
    -----
    Source: vLLM, ``vllm/v1/core/kv_cache_utils.py``: ``_get_kv_cache_groups_uniform_page_size``,
    ``get_max_concurrency_for_kv_cache_config``; ``kv_cache_interface.py``:
    ``max_memory_usage_bytes`` of ``FullAttentionSpec`` and ``SlidingWindowSpec``.
    """

    page: int
    group: int
    full: int
    windowed: int
    window: int
    step: int
    draft: int = 0

    @property
    def block_bytes(self) -> int:
        """Return the bytes of one block."""
        return self.page * self.group + self.draft

    @property
    def token_bytes(self) -> int:
        """Return the bytes of one token while every group keeps it."""
        return self.block_bytes * (self.full + self.windowed) // BLOCK

    def request_blocks(self, context: int) -> int:
        """Return the blocks of one request of ``context`` tokens."""
        blocks = self.full * -(-context // BLOCK)
        if self.windowed:
            kept = min(self.window - 1 + self.step, context)
            blocks += self.windowed * (-(-kept // BLOCK) + 1)
        return blocks

    def request_bytes(self, context: int) -> int:
        """Return the bytes of one request of ``context`` tokens."""
        return self.request_blocks(context) * self.block_bytes

    def blocks(self, size: int) -> int:
        """Return the blocks that ``size`` bytes hold."""
        return size // self.block_bytes

    def tokens(self, size: int) -> int:
        """Return the tokens that ``size`` bytes hold while every group keeps them."""
        return self.blocks(size) // (self.full + self.windowed) * BLOCK

    def concurrency(self, size: int, context: int) -> float:
        """Return the requests of ``context`` tokens that ``size`` bytes hold at once."""
        return self.blocks(size) / self.request_blocks(context)

    def longest(self, size: int, most: int) -> int:
        """Return the longest request that ``size`` bytes hold, of at most ``most`` tokens."""
        low, high = 0, most
        while low < high:
            middle = (low + high + 1) // 2
            if self.request_bytes(middle) <= size:
                low = middle
            else:
                high = middle - 1
        return low


def cache_of(
    model: Model,
    serving: Serving,
    tensor_parallel: int,
    layers: int,
    step: int,
    *,
    draft: Model | None = None,
) -> Cache:
    r"""Return how ``layers`` layers of a model are cached on one GPU.

    A page of one layer has :math:`16 \cdot 2 \max(1, \lceil h_{kv}/t \rceil) \, d \, c` bytes, with
    MLA :math:`16 \, (r + d_{rope}) \, c` on every GPU: what is compressed to rank :math:`r` is not
    shared. :math:`c` bytes a number: of ``kv_cache_dtype``, by ``auto`` those of the weights, and 2
    beside quantised ones.

    Layers with a recurrent state have no such cache. Where the model does not say which of its
    layers see only a window, all of them count in full.
    """
    known = architecture_of(model)
    page = _page(model, serving, tensor_parallel)
    cached = known.layers - model.state_layers
    full = model.full_attention_layers
    full = cached if full is None or not model.sliding_window else min(full, cached)
    windowed = cached - full if cached > full else 0
    # Every stage has its share of both kinds.
    full, windowed = (-(-count * layers // known.layers) for count in (full, windowed))
    if not windowed:
        group, groups = max(1, full), (1, 0)
    elif not full:
        group, groups = windowed, (0, 1)
    else:
        most, least = max(full, windowed), min(full, windowed)
        group = most if 4 * most < 5 * least else least
        groups = (-(-full // group), -(-windowed // group))
    drafted = 0
    if draft is not None:  # cached beside the model's own layers, for as long as they are
        layers = architecture_of(draft).layers
        drafted = -(-layers * _page(draft, serving, tensor_parallel) // sum(groups))
    return Cache(
        page=page,
        draft=drafted,
        group=group,
        full=groups[0],
        windowed=groups[1],
        window=model.sliding_window or 0,
        step=step,
    )


def context_length(model: Model, serving: Serving) -> int:
    """Return the tokens of one request: as asked, else the model's own, else 8192 assumed."""
    return serving.max_model_len or model.max_position_embeddings or ASSUMED_CONTEXT


def context_assumption(model: Model, serving: Serving) -> str:
    """Return what is assumed of the context length, or an empty string."""
    own = model.max_position_embeddings
    if serving.max_model_len:
        beyond = f"beyond the model's own {own} tokens, which the engine refuses unless overridden"
        text = f"max_model_len {serving.max_model_len} is {beyond}"
        return text if own and serving.max_model_len > own else ""
    if model.max_position_embeddings:
        return f"max_model_len is not given: the model's own {model.max_position_embeddings} tokens"
    return f"max_model_len is not given, nor known of the model: {ASSUMED_CONTEXT} tokens assumed"


def _page(model: Model, serving: Serving, tensor_parallel: int) -> int:
    known = architecture_of(model)
    return BLOCK * _numbers(known, model, tensor_parallel) * _number_bytes(model, serving)


def _numbers(known: Architecture, model: Model, tensor_parallel: int) -> int:
    if model.kv_lora_rank:
        return model.kv_lora_rank + (model.qk_rope_head_dim or 0)
    return 2 * max(1, -(-known.kv_heads // tensor_parallel)) * known.head_dim


def _number_bytes(model: Model, serving: Serving) -> int:
    if serving.kv_cache_dtype != "auto":
        return _BYTES[serving.kv_cache_dtype]
    return _BYTES["float32"] if model.dtype == "float32" else _BYTES["float16"]
