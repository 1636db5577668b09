"""Activation: the peak of memory while one step runs."""

from placement.memory.architecture import Architecture, architecture_of
from placement.memory.defaults import Options
from placement.memory.engine import Engine
from placement.memory.stages import Stage
from placement.memory.units import gib
from placement.problem.model import Model

__all__ = ["activation_bytes"]

VISION = gib("0.15")
"""What a model that sees takes more on its first stage.

Source: start-ups of models that see take 0.1 to 0.25 GiB more than the text part alone, such as
Kimi-VL-A3B on vLLM 0.19 and Mistral-Small-3.2 on 0.11, each with one picture a prompt.
"""

ASSUMED_ACTIVE = 8  # experts per token where the model does not say; most have 8 or fewer


def activation_bytes(
    model: Model,
    options: Options,
    engine: Engine,
    tensor_parallel: int,
    stage: Stage,
) -> int:
    r"""Return the activation on one GPU of a pipeline stage, in bytes.

    .. math:: A_0 + \max\left(2 T (3 F / t + 4 D), \; k \min(S, T) V + 2 T D\right)
        + 2 T e \left(\max(2 F_e / t, D) + F_e / t\right) + 4 T D [\text{pipeline}]
        + A_v [\text{pictures}]

    with :math:`T` tokens a step, :math:`S` requests at once, hidden size :math:`D`, inner size
    :math:`F`, a vocabulary of :math:`V`, and :math:`e` of the experts, of inner size :math:`F_e`,
    per token. The first term of the maximum is the peak of a layer: gate, up and their product,
    input, residual, attention and output. The second is the sampler's beside the hidden states of
    the step; only the last stage samples, and it does not fall with :math:`t`. Experts keep their
    workspace throughout; those of MXFP4 need none. Stages keep what they hand over.

    Notes
    -----
    Source: vLLM, ``gpu_model_runner.py`` (``profile_run``, ``_dummy_sampler_run``) and
    ``fused_moe/modular_kernel.py`` (workspaces); :math:`k`, :math:`A_0`:
    :class:`~placement.memory.engine.Engine`.
    """
    known, tokens = architecture_of(model), options.tokens
    hidden = known.hidden
    peak = 2 * tokens * (3 * -(-_inner(known, model) // tensor_parallel) + 4 * hidden)
    if stage.last:
        rows = min(options.requests, tokens)
        logits = engine.logits_bits * rows * known.vocabulary // 8
        peak = max(peak, logits + 2 * tokens * hidden)
    kept = _workspace(known, model, tokens, tensor_parallel)
    kept += 0 if stage.first and stage.last else 4 * tokens * hidden
    kept += VISION if stage.first and model.vision_parameters else 0
    return engine.activation_base + peak + kept


def _inner(known: Architecture, model: Model) -> int:
    """Return the inner size of the widest dense part of a layer."""
    if not model.experts or model.dense_layers:
        return known.intermediate
    return model.shared_experts * known.expert_intermediate


def _workspace(known: Architecture, model: Model, tokens: int, degree: int) -> int:
    if not model.experts or model.dtype == "mxfp4":
        return 0
    active = model.experts_per_token or min(ASSUMED_ACTIVE, model.experts)
    inner = -(-known.expert_intermediate // degree)
    return 2 * tokens * active * (max(2 * inner, known.hidden) + inner)
