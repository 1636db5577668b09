"""Speculative decoding on vLLM's command line: who drafts, and how many tokens at a time.

Source: vLLM, ``vllm/config/speculative.py`` (``SpeculativeConfig``, v0.8 to v0.21), and
``--speculative-model`` of v0.5 to v0.8.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from placement.errors import show

__all__ = ["Speculation", "speculation"]

_WITHOUT_MEMORY = ("ngram", "[ngram]", "suffix")  # they look tokens up in what was written so far
_HEADS = ("eagle3", "eagle", "medusa", "mlp_speculator", "mlp-speculator", "mtp", "dflash")


@dataclass(frozen=True, slots=True, kw_only=True)
class Speculation:
    """What drafts tokens.

    Parameters
    ----------
    draft
        Name or folder of a model of its own; None where there is none.
    tokens
        How many it drafts at a time; 0 where that is not said.
    warnings
        What is not modelled, without the name of the flag.
    """

    draft: str | None = None
    tokens: int = 0
    warnings: tuple[str, ...] = ()


def speculation(config: Mapping[str, object]) -> Speculation:
    """Return what a ``--speculative-config`` asks for.

    Raises
    ------
    ValueError
        When a field is of the wrong kind.
    """
    for name in ("model", "method"):
        if not isinstance(config.get(name, ""), str | None):
            raise ValueError(f"must have a name in {name}, not {show(config[name])}")
    tokens = config.get("num_speculative_tokens") or 0
    if isinstance(tokens, bool) or not isinstance(tokens, int) or not 0 <= tokens <= 1000:
        raise ValueError("must have a whole number from 1 to 1000 in num_speculative_tokens")
    model, method = str(config.get("model") or ""), str(config.get("method") or "")
    method = method.lower() or ("ngram" if model in _WITHOUT_MEMORY else "")
    if method.startswith(_WITHOUT_MEMORY) or not (model or method):
        return Speculation(tokens=tokens)
    if head := _head(model, method):
        text = f"the head that drafts tokens ({head}) is not modelled: its memory is not counted"
        return Speculation(warnings=(text,))
    if method not in {"", "draft_model"}:
        text = f"the method {show(method)} is not known: its memory is not counted"
        return Speculation(warnings=(text,))
    if not model:
        raise ValueError('must have the drafting model\'s name or folder in "model"')
    return Speculation(draft=model, tokens=tokens)


def _head(model: str, method: str) -> str:
    """Return which kind of head drafts; as vLLM does, by the model's name where none is said."""
    if method and method != "draft_model":
        found = [head for head in _HEADS if head in method]
    else:
        found = [] if method else [head for head in _HEADS if head in model.lower()]
    return found[0] if found else ""
