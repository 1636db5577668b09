"""The words of vLLM's command line as flags with their values.

Source: vLLM, ``FlexibleArgumentParser`` in ``vllm/utils/argparse_utils.py`` (v0.5.3 to v0.21).
"""

import json
import re
from collections.abc import Iterator, Sequence

from placement.adapters.vllm_flags import NESTED, SHORT, full_name, is_switch

__all__ = ["TRUE", "after_program", "flags_of"]

TRUE = {"true", "1", "yes"}
"""Words that switch a flag on."""

_NUMBER = re.compile(r"-[0-9.]+")
_WORDS = {*TRUE, "false", "0", "no"}


def after_program(tokens: Sequence[str]) -> Sequence[str]:
    """Return the words after the program's name."""
    for position, token in enumerate(tokens):
        if token.startswith("vllm.entrypoints."):
            rest = list(tokens[position + 1 :])
            return rest[rest[:1] == ["serve"] :]  # of vllm.entrypoints.cli.main
        if token.rpartition("/")[2] == "vllm" and list(tokens[position + 1 : position + 2]) == [
            "serve"
        ]:
            return tokens[position + 2 :]
    return tokens


def flags_of(tokens: Sequence[str]) -> Iterator[tuple[str, str | None]]:
    """Yield each flag without its dashes and its value; a bare word has the name ''.

    One field of a flag whose value is JSON, such as ``--speculative-config.model NAME``, has the
    value ``{"model": "NAME"}``.
    """
    position = 0
    while position < len(tokens):
        token = tokens[position]
        position += 1
        if not _is_flag(token):
            yield "", token
            continue
        name, field, equals, value = _split(token)
        following = tokens[position : position + 1]
        if equals:
            yield name, _nested(name, field, value)
        elif following and not _is_flag(following[0]) and _takes(name, following[0]):
            yield name, _nested(name, field, following[0])
            position += 1
            while name == "served-model-name" and position < len(tokens):
                if _is_flag(tokens[position]):
                    break
                yield name, tokens[position]
                position += 1
        else:
            yield name, None


def _is_flag(token: str) -> bool:
    return token.startswith("-") and len(token) > 1 and not _NUMBER.fullmatch(token)


def _split(token: str) -> tuple[str, str, str, str]:
    """Return a flag's name, the field after its first dot, the equals sign and the value."""
    name, equals, value = token.partition("=")
    bare, _, field = name.lstrip("-").partition(".")
    if not name.startswith("--"):
        bare = SHORT.get(bare, bare)
    completed = full_name(bare)
    return bare if completed is None else completed, field, equals, value


def _nested(name: str, field: str, value: str) -> str:
    if not field or name not in NESTED:
        return value
    try:
        content = json.loads(value)
    except ValueError:  # a bare word is a string
        content = value
    for part in reversed(field.split(".")):
        content = {part.replace("-", "_"): content}
    return json.dumps(content)


def _takes(name: str, following: str) -> bool:
    """Return whether the word after a flag is its value."""
    return not is_switch(name) or following.lower() in _WORDS
