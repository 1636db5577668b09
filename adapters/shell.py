"""The words of the vLLM command that a container runs, out of lists, shells and scripts.

Source: Kubernetes documentation, "Define a Command and Arguments for a Container" (v1.34):
``$(NAME)`` is replaced by the container's environment before the program starts.
"""

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence

from placement.adapters.pods import Container

__all__ = ["vllm_command"]

_SHELLS = {"sh", "bash", "dash", "ash", "zsh"}
_DEPTH = 3  # shells within shells that are looked into
_LONGEST = 100_000  # characters of a script that are looked at
_KUBERNETES = re.compile(r"\$\$|\$\((\w+)\)")
_VARIABLE = re.compile(r"\$(?:(\w+)|\{(\w+)(?::?-([^}]*))?\})")
_BREAKS = ";&|()\n"
# $(command), $((sum)) and `command`, nested as deep as people write them
_SUBSTITUTION = re.compile(r"\$\((?:[^()]|\((?:[^()]|\([^()]*+\))*+\))*+\)|`[^`]*+`")
_SUBSTITUTED = "${...}"
_PROGRAM = re.compile(r"vllm\.entrypoints(?:\.\w+)*")


def vllm_command(container: Container) -> tuple[str, ...] | None:
    """Return the words of the container's vLLM command, the program's first; None without one.

    Found are ``vllm serve`` and ``python -m vllm.entrypoints.openai.api_server``, as a list, in
    ``sh -c`` with whatever stands around it, or as the bare arguments of an image whose name holds
    ``vllm``. Variables are replaced where the manifest states their values.
    """
    known: dict[str, str] = {}
    for name, value in container.environment.items():  # a value may name variables before it
        known[name] = _kubernetes(value, known)
    words = [_kubernetes(word, known) for word in (*container.command, *container.args)]
    found = _found(words, known, _DEPTH)
    if found is None and not container.command and "vllm" in container.image.lower() and words:
        return ("vllm", "serve", *words[words[0] == "serve" :])  # the image's own entry point
    return found


def _kubernetes(word: str, known: Mapping[str, str]) -> str:
    return _KUBERNETES.sub(
        lambda match: "$" if match[0] == "$$" else known.get(match[1], match[0]), word
    )


def _found(words: Sequence[str], known: Mapping[str, str], depth: int) -> tuple[str, ...] | None:
    """Return the vLLM command among ``words``, or in the script that they run."""
    start = _start(words)
    if start is not None:
        return tuple(words[start:])
    script = _script(words)
    if script is None or depth == 0:
        return None
    for command in _commands(script[:_LONGEST]):
        inner = _found([_expanded(word, known) for word in command], known, depth - 1)
        if inner is not None:
            return inner
    return None


def _start(words: Sequence[str]) -> int | None:
    for position, word in enumerate(words):
        if _PROGRAM.fullmatch(word):
            return position
        if word.rpartition("/")[2] == "vllm" and list(words[position + 1 : position + 2]) == [
            "serve"
        ]:
            return position
    return None


def _script(words: Sequence[str]) -> str | None:
    """Return what a shell among the words is told to run by ``-c``."""
    for position, word in enumerate(words):
        if word.rpartition("/")[2] not in _SHELLS:
            continue
        for at in range(position + 1, len(words) - 1):
            if re.fullmatch(r"-[a-z]*c", words[at]):
                return words[at + 1]
    return None


def _commands(script: str) -> Iterator[list[str]]:
    """Yield the simple commands of a script, each as its words."""
    text = re.sub(r"\\\r?\n", " ", script)
    text = re.sub(r"(?m)^\s*#.*$", "", text)
    text = _SUBSTITUTION.sub(_SUBSTITUTED, text)  # its words are none of the command around it
    lexer = shlex.shlex(text, posix=True, punctuation_chars=_BREAKS)
    lexer.whitespace = " \t\r"
    lexer.whitespace_split = True
    lexer.commenters = ""
    words: list[str] = []
    commented = False
    try:
        for token in lexer:
            if token and set(token) <= set(_BREAKS):
                commented = commented and "\n" not in token
                if words:
                    yield words
                words = []
            elif commented or token.startswith("#"):
                commented = True
            else:
                words.append(token)
    except ValueError:  # a quotation that does not end: what was read so far may still tell
        pass
    if words:
        yield words


def _expanded(word: str, known: Mapping[str, str]) -> str:
    """Return a word with the shell variables that are known, or have a default, replaced."""

    def value(match: re.Match[str]) -> str:
        name = match[1] or match[2]
        return known.get(name) or (match[3] if match[3] is not None else match[0])

    return _VARIABLE.sub(value, word)
