"""Values of vLLM's flags that hold several fields."""

import json
from collections.abc import Mapping

__all__ = ["json_fields", "shows_no_pictures"]

_LONGEST = 100_000  # characters that are read
_PICTURES = ("image", "video")  # what a model takes of each unless told otherwise


def json_fields(text: str) -> dict[str, object]:
    """Return the fields of a JSON object, or of ``image=2,video=0`` as vLLM 0.5 to 0.9 had it.

    Raises
    ------
    ValueError
        When it is neither.
    """
    rule = 'must be a JSON object such as {"name": "value"}'
    if len(text) > _LONGEST:
        raise ValueError(f"{rule} of at most {_LONGEST} characters")
    try:
        found = json.loads(text)
    except RecursionError:
        raise ValueError(f"{rule}, nested less deeply") from None
    except ValueError:
        found = _pairs(text)
    if not isinstance(found, dict):
        raise ValueError(rule)
    return found


def shows_no_pictures(limits: Mapping[str, object]) -> bool:
    """Return whether limits per prompt, each a number or ``{"count": 0}``, rule out all pictures.

    A kind that is not limited may be shown without end: vLLM, ``vllm/config/multimodal.py``.
    """
    counts = [_count(limits.get(kind)) for kind in _PICTURES]
    return all(count == 0 for count in counts)


def _count(limit: object) -> object:
    return limit.get("count") if isinstance(limit, Mapping) else limit


def _pairs(text: str) -> dict[str, object] | None:
    parts = [part.partition("=") for part in text.split(",")]
    if not all(name.strip() and value.isdecimal() for name, _, value in parts):
        return None
    return {name.strip(): int(value[:9]) for name, _, value in parts}
