"""A whole vLLM command as people paste it: from a shell, a script or ``docker run``."""

import re
import shlex
from collections.abc import Sequence

from placement.errors import InputError, Issue, show

__all__ = ["command_among"]

_COMMAND = re.compile(r"vllm\s+serve(\s|$)|vllm\.entrypoints\.")
_ENGINES = {"docker", "podman", "nerdctl"}
_IMAGE = re.compile(r"(?!-)(\S*/)?[^/\s:@]*vllm[^/\s:@]*([:@]\S+)?")
_OPTION = re.compile(r"--?[a-z-]+")  # its value is the next word, but of these
_SWITCH = re.compile(
    r"-[ditP]+|--(detach|init|interactive|no-healthcheck|privileged|publish-all|"
    r"quiet|read-only|rm|tty)"
)
"""Options of ``docker run`` without a value. Source: Docker documentation, "docker container run"
(v28)."""


def command_among(words: Sequence[str]) -> tuple[list[str], str | None]:
    """Return the words of a vLLM command, and the version of vLLM that its image names.

    Taken are ``vllm serve`` and ``python -m vllm.entrypoints...``, bare, in ``sh -c``, and as what
    follows an image of vLLM in ``docker run``; in several words, or as one quoted string. No words
    where there is no such command.

    Raises
    ------
    InputError
        When one string holds a command that no shell would take.
    """
    if len(words) == 1 and (_COMMAND.search(words[0]) or _run(words[0].split()[:3])):
        words = _split(words[0])
    if _run(words):
        return _in_a_container(words)
    return _found((), words), None


def _split(line: str) -> list[str]:
    try:
        words = shlex.split(line)
    except ValueError as error:
        rule = f"is no command that a shell would take: {error}"
        raise InputError([Issue(path="MODEL", rule=rule, value=show(line))]) from None
    # Variables, and whatever else stands around the command, are the shell's.
    return words if _run(words) else (_found(("sh", "-c", line), ()) or words)


def _run(words: Sequence[str]) -> bool:
    """Return whether a container engine is told to run an image."""
    programs = [word.rpartition("/")[2] for word in words[:2]]
    return bool(_ENGINES & set(programs)) and "run" in words


def _in_a_container(words: Sequence[str]) -> tuple[list[str], str | None]:
    from placement.adapters.vllm_models import engine_version

    begins = list(words).index("run") + 1
    for at in range(begins, len(words)):
        before = words[at - 1]
        value = _OPTION.fullmatch(before) and not _SWITCH.fullmatch(before)
        if _IMAGE.fullmatch(words[at]) and not value:
            found = _found(_entry_point(words[begins:at]), words[at + 1 :], words[at])
            return found or ["vllm", "serve"], engine_version(words[at])
    rule = "runs no image whose name holds vllm; give the vLLM command alone"
    raise InputError([Issue(path="MODEL", rule=rule, value=show(shlex.join(words)))])


def _entry_point(options: Sequence[str]) -> tuple[str, ...]:
    for position, word in enumerate(options):
        flag, equals, value = word.partition("=")
        if flag == "--entrypoint":
            return (value,) if equals else tuple(options[position + 1 : position + 2])
    return ()


def _found(command: Sequence[str], arguments: Sequence[str], image: str = "") -> list[str]:
    from placement.adapters.pods import Container
    from placement.adapters.shell import vllm_command

    container = Container(image=image, command=list(command), args=list(arguments))
    return list(vllm_command(container) or ())
