"""The laws put together: what fits where, and why not."""

import json
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placement.memory import accepted, fit, known_gpu, known_model, smallest_fit, usable_memory
from placement.memory.architecture import architecture_of
from placement.memory.degrees import degrees_up_to, why_not_degree
from placement.memory.stages import stages_of
from placement.memory.units import GIB, gib
from placement.memory.weights import weight_bytes
from placement.problem import Gpu, Model, Serving

ISSUE = Serving(max_model_len=8192, max_num_seqs=1, gpu_memory_utilization=0.95, enforce_eager=True)

CONTRACT = [
    "model",
    "gpu",
    "tensor_parallel",
    "pipeline_parallel",
    "total_gib",
    "weights_gib",
    "activation_gib",
    "non_torch_gib",
    "cuda_graph_gib",
    "kv_gib",
    "kv_bytes_per_token",
    "kv_tokens",
    "max_concurrency",
    "fits",
    "reasons",
    "assumed",
]
"""Fields of ``fit --json`` by their names and in their order."""


def model(name: str, **fields: Any) -> Model:
    found = known_model(name)
    assert found is not None
    return found.model_copy(update=fields)


def card(name: str) -> Gpu:
    found = known_gpu(name)
    assert found is not None
    return found


def weights(served: Model, degree: int) -> int:
    return weight_bytes(served, degree, stages_of(architecture_of(served).layers, 1)[0])


def kv_bytes_per_token(served: Model, serving: Serving, degree: int) -> int:
    return fit(served, serving, card("H200"), degree).kv_bytes_per_token


def test_qwen3_8b_fits_one_a10() -> None:
    found = fit(model("Qwen3-8B"), ISSUE, card("A10"), 1)
    assert found.fits == "yes"
    assert found.reasons == ()
    assert found.total == gib("22.07")
    assert found.budget == int(gib("22.07") * 0.95)
    assert found.weights / GIB == pytest.approx(15.27, abs=0.005)  # with tables of 10 MiB
    assert found.cuda_graph == 0
    assert found.kv_bytes_per_token == 36 * 2 * 8 * 128 * 2
    assert found.kv_needed == 8192 * 147_456
    parts = found.weights + found.activation + found.non_torch + found.cuda_graph + found.kv
    assert parts == found.budget


def test_qwen3_8b_needs_two_t4() -> None:
    alone = fit(model("Qwen3-8B"), ISSUE, card("T4"), 1)
    assert alone.fits == "no"
    assert "T4 has 14.56 GiB, of which 0.95 may be used" in alone.reasons[0]
    assert "weights 15.27 GiB" in alone.reasons[0]
    found = smallest_fit(model("Qwen3-8B"), ISSUE, card("T4"), 4)
    assert (found.fits, found.tensor_parallel, found.gpus) == ("yes", 2, 2)


@pytest.mark.parametrize(
    ("name", "least", "most"), [("gpt-oss-20b", 13.47, 14.02), ("gpt-oss-120b", 61.3, 66.2)]
)
def test_padded_experts_weigh_what_was_seen(name: str, least: float, most: float) -> None:
    served = model(name, dtype="mxfp4", unquantized=("attention",))
    assert least <= weights(served, 1) / GIB <= most


def test_deepseek_r1_on_eight_gpus_weighs_what_was_seen() -> None:
    assert weights(model("DeepSeek-R1"), 8) / GIB == pytest.approx(79.7, rel=0.015)


def test_the_latent_cache_is_not_shared_by_tensor_parallelism() -> None:
    deepseek = model("DeepSeek-R1")
    assert kv_bytes_per_token(deepseek, Serving(), 1) == 61 * 576 * 2
    assert kv_bytes_per_token(deepseek, Serving(), 16) == 61 * 576 * 2


def test_kv_heads_are_copied_beyond_their_number() -> None:
    qwen = model("Qwen3-30B-A3B")
    assert [kv_bytes_per_token(qwen, Serving(), tp) for tp in (1, 2, 4, 8)] == [
        98_304,
        49_152,
        24_576,
        24_576,
    ]


def test_the_caches_type_is_the_flags_else_sixteen_bits_beside_quantised_weights() -> None:
    eight = kv_bytes_per_token(model("Qwen3-8B"), Serving(kv_cache_dtype="fp8"), 1)
    assert eight * 2 == kv_bytes_per_token(model("Qwen3-8B", dtype="fp8"), Serving(), 1)


def test_pipeline_stages_share_layers_rounded_up() -> None:
    staged = Serving(pipeline_parallel=3)
    assert kv_bytes_per_token(model("Llama-3.1-8B"), staged, 1) == 11 * 2 * 8 * 128 * 2


@pytest.mark.parametrize(
    ("name", "gpus", "degrees"),
    [
        ("Qwen3-8B", 8, (1, 2, 4, 8)),
        ("phi-4", 8, (1, 2, 5)),
        ("Qwen2.5-7B", 8, (1, 2, 4)),
        ("Qwen2.5-0.5B", 8, (1, 2)),
        ("Qwen3-235B-A22B", 16, (1, 2, 4, 8, 16)),
        ("Qwen3-8B", 0, ()),
    ],
)
def test_degrees_are_those_that_the_heads_allow(
    name: str, gpus: int, degrees: tuple[int, ...]
) -> None:
    assert degrees_up_to(model(name), gpus) == degrees


def test_without_heads_powers_of_two_are_tried() -> None:
    assert degrees_up_to(Model(parameters=10**9), 7) == (1, 2, 4)
    assert degrees_up_to(Model(parameters=10**9, layers=40, kv_heads=10), 8) == (1, 2)


def test_a_degree_that_does_not_divide_is_named() -> None:
    found = fit(model("Qwen3-14B"), ISSUE, card("H100"), 3)
    assert (found.fits, found.reasons) == (
        "no",
        ("40 attention heads cannot be shared by 3 GPUs",),
    )
    assert "8 KV heads" in why_not_degree(model("Qwen3-14B"), 5)
    odd = Model(parameters=10**9, attention_heads=28, kv_heads=28, intermediate_size=18944)
    assert "inner size 18944" in why_not_degree(odd, 7)


def test_the_smallest_degree_that_fits_is_chosen() -> None:
    found = smallest_fit(model("Llama-3.3-70B"), Serving(max_model_len=8192), card("A100-40GB"), 8)
    assert (found.tensor_parallel, found.fits) == (8, "yes")
    smaller = fit(model("Llama-3.3-70B"), Serving(max_model_len=8192), card("A100-40GB"), 4)
    assert smaller.fits != "yes"


def test_the_cheapest_choice_takes_the_fewest_gpus_for_each_request_held() -> None:
    serving = Serving(max_model_len=8192, parallel_choice="cheapest")
    least = smallest_fit(model("Llama-3.3-70B"), Serving(max_model_len=8192), card("H100"), 8)
    found = smallest_fit(model("Llama-3.3-70B"), serving, card("H100"), 8)
    assert (least.tensor_parallel, found.tensor_parallel) == (4, 8)
    assert found.gpus / found.max_concurrency < least.gpus / least.max_concurrency


def test_several_nodes_are_used_only_when_asked() -> None:
    served, serving = model("Llama-3.1-405B"), Serving(max_model_len=8192)
    alone = smallest_fit(served, serving, card("A100-80GB"), 8)
    assert (alone.fits, alone.gpus) == ("no", 8)
    spread = smallest_fit(served, serving, card("A100-80GB"), 8, nodes=2)
    assert (spread.fits, spread.tensor_parallel, spread.pipeline_parallel) == ("yes", 8, 2)


def test_a_replica_at_risk_is_chosen_only_when_allowed() -> None:
    serving = ISSUE.model_copy(update={"gpu_memory_utilization": 0.99, "tensor_parallel": 1})
    daring = serving.model_copy(update={"allow_at_risk": True})
    found = fit(model("Qwen3-8B"), serving, card("A10"), 1)
    assert found.fits == "at-risk"
    assert not accepted(found, serving)
    assert accepted(found, daring)


def test_a_fixed_degree_is_kept_even_where_it_does_not_fit() -> None:
    fixed = ISSUE.model_copy(update={"tensor_parallel": 1})
    found = smallest_fit(model("Qwen3-8B"), fixed, card("T4"), 4)
    assert (found.tensor_parallel, found.fits) == (1, "no")


@pytest.mark.parametrize(
    ("serving", "gpus", "reason"),
    [
        (Serving(tensor_parallel=8), 4, "needs 8 GPUs on one node, which has 4"),
        (Serving(tensor_parallel=2, pipeline_parallel=4), 4, "needs 8 GPUs on one node"),
        (Serving(pipeline_parallel=4), 2, "needs 4 GPUs on one node, which has 2"),
    ],
)
def test_too_few_gpus_on_the_node_is_a_reason(serving: Serving, gpus: int, reason: str) -> None:
    found = smallest_fit(model("Qwen3-8B"), serving, card("A10"), gpus)
    assert found.fits == "no"
    assert reason in found.reasons[0]


def test_nothing_fits_gives_the_largest_degree_tried_with_its_reasons() -> None:
    found = smallest_fit(model("Llama-3.1-405B"), Serving(), card("A10"), 4)
    assert (found.tensor_parallel, found.fits, found.kv) == (4, "no", 0)
    assert "A10 has 22.07 GiB" in found.reasons[0]


def test_more_stages_than_layers_that_are_only_assumed_is_unknown() -> None:
    served = Model(parameters=8 * 10**9)
    found = fit(served, Serving(pipeline_parallel=64), card("H100"), 1)
    assert found.fits == "unknown"
    assert found.reasons == ("layers are not given: the 37 assumed cannot be shared by 64 stages",)


def test_more_requests_at_once_than_tokens_of_a_step_are_refused() -> None:
    """The engine does not start so; without a flag, the step of the GPU's size counts."""
    served = model("Qwen3-8B", max_position_embeddings=8192)
    for serving in (
        Serving(max_num_seqs=65, max_num_batched_tokens=64, concurrency=1),
        Serving(max_num_seqs=8193, concurrency=1),
    ):
        found = fit(served, serving, card("H100"), 1)
        assert found.fits == "no"
        assert found.reasons[0].startswith("the engine does not start with max_num_seqs")
        fewer = serving.model_copy(update={"max_num_seqs": (serving.max_num_seqs or 0) - 1})
        assert fit(served, fewer, card("H100"), 1).fits == "yes"


def test_more_stages_than_layers_is_refused() -> None:
    found = fit(Model(parameters=10**8, layers=2), Serving(pipeline_parallel=4), card("A10"), 1)
    assert found.fits == "no"
    assert "2 layers cannot be shared by 4 pipeline stages" in found.reasons[0]


@pytest.mark.parametrize("asked", [{"max_num_seqs": 5}, {"concurrency": 5, "max_num_seqs": 64}])
def test_concurrency_that_the_cache_cannot_hold_is_refused_with_figures(
    asked: dict[str, int],
) -> None:
    serving = ISSUE.model_copy(update=asked)
    found = fit(model("Qwen3-8B"), serving, card("A10"), 1)
    assert found.fits == "no"
    assert "holds 4 of 5 requests of 8192 tokens at once" in found.reasons[0]
    assert 4 < found.max_concurrency < 5


def test_requests_that_are_admitted_need_not_be_held() -> None:
    serving = ISSUE.model_copy(update={"max_num_seqs": 64, "concurrency": 1})
    found = fit(model("Qwen3-8B"), serving, card("A10"), 1)
    assert (found.fits, found.max_num_seqs) == ("yes", 64)


def test_a_context_that_does_not_fit_once_is_refused() -> None:
    serving = ISSUE.model_copy(update={"max_model_len": 40960})
    assert fit(model("Qwen3-8B"), serving, card("A10"), 1).fits == "no"


def test_little_memory_outside_the_engines_share_is_a_risk() -> None:
    serving = ISSUE.model_copy(update={"gpu_memory_utilization": 0.99})
    found = fit(model("Qwen3-8B"), serving, card("A10"), 1)
    assert found.fits == "at-risk"
    assert "CUDA context" in found.reasons[0]


def test_what_fits_by_less_than_the_error_is_a_risk() -> None:
    roomy = fit(model("Qwen3-8B"), ISSUE, card("A10"), 1)
    least = roomy.total - int((roomy.kv - roomy.kv_needed) / 0.95) + GIB // 10
    tight = card("A10").model_copy(update={"usable_memory": least})
    found = fit(model("Qwen3-8B"), ISSUE, tight, 1)
    assert found.fits == "at-risk"
    assert "by which the estimate may err" in found.reasons[0]


def test_a_verdict_that_hangs_on_an_assumption_is_unknown() -> None:
    slice_ = Gpu(model="X900", count=1, memory=19 * GIB)
    found = fit(model("Qwen3-8B"), ISSUE, slice_, 1)
    assert found.fits == "unknown"
    assert any("X900" in text and "90 %" in text for text in found.assumed)
    assert fit(
        model("Qwen3-8B"), ISSUE, slice_.model_copy(update={"memory": 15 * GIB}), 1
    ).fits == ("no")


def test_a_model_of_known_size_alone_gets_a_cautious_cache_and_says_so() -> None:
    found = fit(Model(parameters=8_190_735_360), ISSUE, card("H100"), 1)
    assert found.fits == "yes"
    assert found.kv_bytes_per_token > 147_456
    assert any("layers, kv_heads or head_dim" in text for text in found.assumed)
    tight = fit(Model(parameters=8_190_735_360), ISSUE, card("A10"), 1)
    assert tight.fits == "unknown"


def test_sixteen_bits_and_the_context_are_the_defaults() -> None:
    plain = Model(parameters=10**9)
    assert weights(plain, 1) == 2 * 10**9
    assert fit(plain, Serving(), card("A10"), 1).max_model_len == 8192
    assert fit(model("Qwen3-8B"), Serving(), card("A10"), 1).max_model_len == 40960


@pytest.mark.parametrize(
    ("served", "serving", "words"),
    [
        (Model(parameters=10**9), Serving(), "8192 tokens assumed"),
        (model("Qwen3-8B"), Serving(), "the model's own 40960 tokens"),
        (model("gemma-2-9b-it", full_attention_layers=None), ISSUE, "only a window"),
        (model("Qwen3-8B", dtype="int4"), ISSUE, "keep 16 bits"),
        (model("Qwen3-8B"), Serving(max_model_len=65536), "beyond the model's own 40960 tokens"),
        (model("Qwen3-8B"), Serving(), "the engine's own defaults: max_num_seqs 1024"),
        (model("Qwen3-8B", state_layers=3), ISSUE, "recurrent state of 3 layers"),
        (model("Qwen3-8B", vision_parameters=10**8), ISSUE, "profiling of pictures"),
        (model("Qwen3-8B"), ISSUE, "vLLM"),
        (Model(parameters=10**9, vocab_size=1000), ISSUE, "hidden_size is not given"),
    ],
)
def test_what_was_assumed_is_said(served: Model, serving: Serving, words: str) -> None:
    assert any(words in text for text in fit(served, serving, card("H100"), 1).assumed)


def test_fit_takes_the_usable_memory_of_the_table() -> None:
    gpu = Gpu(model="NVIDIA-L4", count=8, memory=24 * GIB)
    assert fit(model("Qwen3-8B"), ISSUE, gpu, 1).total == usable_memory(gpu).bytes_


def test_the_dictionary_has_the_fields_of_the_contract() -> None:
    found = fit(model("Qwen3-8B"), ISSUE, card("A10"), 1).to_dict()
    assert [name for name in found if name in CONTRACT] == CONTRACT
    more = {"lora_gib", "draft_gib", "longest_context", "max_model_len", "max_num_seqs"}
    more |= {"max_num_batched_tokens", "gpu_memory_utilization", "engine"}
    assert set(found) - set(CONTRACT) == more
    assert found["total_gib"] == 22.07
    assert found["weights_gib"] == pytest.approx(15.27, abs=0.005)
    assert json.loads(json.dumps(found)) == found


def test_equal_arguments_are_one_key_of_a_cache() -> None:
    first = (model("Qwen3-8B"), ISSUE, card("A10"))
    second = (model("Qwen3-8B"), ISSUE.model_copy(), card("A10"))
    assert len({first, second}) == 1


@given(
    seqs=st.integers(1, 64),
    length=st.integers(1, 131_072),
    share=st.sampled_from([Fraction(5, 10), Fraction(9, 10)]),
    degree=st.sampled_from([1, 2, 4, 8]),
)
def test_asking_for_more_never_fits_better(
    seqs: int, length: int, share: Fraction, degree: int
) -> None:
    rank = {"no": 0, "unknown": 1, "at-risk": 2, "yes": 3}
    served, gpu = model("Llama-3.1-8B"), card("L40S")
    base = Serving(max_num_seqs=seqs, max_model_len=length, gpu_memory_utilization=float(share))
    found = fit(served, base, gpu, degree)
    for more in (
        {"max_num_seqs": seqs + 1},
        {"max_model_len": length + 1},
    ):
        worse = fit(served, base.model_copy(update=more), gpu, degree)
        assert rank[worse.fits] <= rank[found.fits]
