"""One Hugging Face config.json: its fields by name, with the place of each for messages."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from placement.adapters.huggingface_defaults import text_defaults
from placement.errors import AdapterError, Issue, show

__all__ = ["Config"]

_NESTED = ("text_config", "llm_config", "language_config")  # of models that also see or hear
_OUTER = ("thinker_config",)  # Qwen-Omni keeps what understands in one part, with these inside


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """One config.json, the part about the language model merged over the rest.

    Parameters
    ----------
    fields
        Without the nulls.
    nested
        Name of the part that ``inner`` came from; empty where there is none.
    inner
        Names of the fields of that part.
    defaults
        Names of the fields that are transformers' defaults, since that part leaves them out.
    """

    fields: Mapping[str, Any]
    source: str
    nested: str = ""
    inner: frozenset[str] = frozenset()
    defaults: tuple[str, ...] = field(default=())

    @classmethod
    def of(cls, content: Mapping[str, Any], source: str) -> "Config":
        """Return the fields of ``content``; a part about the language model wins."""
        fields = _given(content)
        path = ""
        for name in (*_OUTER, *_NESTED):
            part = fields.get(name)
            if not isinstance(part, Mapping):
                continue
            path = f"{path}.{name}".lstrip(".")
            fields = {**fields, **_given(part)}
            if name in _NESTED:
                return cls._nested(fields, part, path, source)
        return cls(fields=fields, source=source, nested=path)

    @classmethod
    def _nested(
        cls, fields: Mapping[str, Any], part: Mapping[str, Any], path: str, source: str
    ) -> "Config":
        defaults = text_defaults(str(part.get("model_type") or ""))
        absent = {name: value for name, value in defaults.items() if name not in part}
        kept = {name: value for name, value in fields.items() if name not in absent}
        return cls(
            fields={**kept, **absent},
            source=source,
            nested=path,
            inner=frozenset(_given(part)),
            defaults=tuple(sorted(absent)),
        )

    @property
    def family(self) -> str:
        """Return the ``model_type`` of the language model, such as ``gemma3_text``."""
        return str(self.get("model_type") or "")

    @property
    def stored_type(self) -> str:
        """Return the type that unquantised weights are stored in, such as ``bfloat16``."""
        found = self.get("dtype") or self.get("torch_dtype") or "float16"
        return str(found).removeprefix("torch.")

    @property
    def stored_bytes(self) -> int:
        """Return bytes per weight in the files."""
        return 4 if self.stored_type == "float32" else 2

    def get(self, *keys: str) -> Any:
        """Return the first of these fields that stands there, or None."""
        return next((self.fields[key] for key in keys if key in self.fields), None)

    def part(self, *names: str) -> Mapping[str, Any]:
        """Return the first of these parts that stands there; empty where none does."""
        found = (self.get(name) for name in names)
        return next((value for value in found if isinstance(value, Mapping) and value), {})

    def place(self, key: str) -> str:
        """Return where a field stands in the file."""
        return f"{self.nested}.{key}" if key in self.inner else key

    def number(self, *keys: str) -> int | None:
        """Return the whole number of zero or more of the first of these fields, or None.

        Raises
        ------
        AdapterError
            When something else stands there.
        """
        for key in keys:
            value = self.get(key)
            if value is None:
                continue
            if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
                return value
            raise AdapterError([self.issue(key, "must be a whole number of zero or more")])
        return None

    def texts(self, *keys: str) -> tuple[str, ...]:
        """Return the list of words of the first of these fields; empty where none stands.

        Raises
        ------
        AdapterError
            When something else stands there.
        """
        key = next((name for name in keys if self.get(name) is not None), "")
        value = self.get(key) if key else ()
        if isinstance(value, list | tuple) and all(isinstance(word, str) for word in value):
            return tuple(value)
        raise AdapterError([self.issue(key, "must be a list of words, one for each layer")])

    def positions(self, key: str) -> frozenset[int] | None:
        """Return a list of layer numbers, or None where none stands.

        Raises
        ------
        AdapterError
            When something else stands there.
        """
        value = self.get(key)
        if value is None:
            return None
        if isinstance(value, list) and all(type(number) is int for number in value):
            return frozenset(value)
        raise AdapterError([self.issue(key, "must be a list of the numbers of layers")])

    def issue(self, key: str, rule: str) -> Issue:
        """Return that a field breaks a rule."""
        return Issue(path=self.place(key), rule=rule, value=show(self.get(key)), source=self.source)


def _given(part: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in part.items() if value is not None}
