"""What a translation finds on its way: issues that forbid a plan, warnings that do not."""

from collections import Counter
from dataclasses import dataclass, field

from placement.adapters.documents import Document
from placement.adapters.tables import shortened
from placement.errors import AdapterError, Issue

__all__ = ["Findings"]


@dataclass(slots=True)
class Findings:
    """Collects, so that all faults of all documents are reported together.

    Parameters
    ----------
    issues
        Each forbids a plan.
    warnings
        A sentence each, with the name of the object it is about.
    ignored
        How many objects of each kind were read and have no part in a placement.
    """

    issues: list[Issue] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    ignored: Counter[str] = field(default_factory=Counter)

    def refuse(self, document: Document, path: str, rule: str, value: str = "") -> None:
        """Add an issue at ``path`` of a document."""
        self.issues.append(document.issue(path, rule, value))

    def warn(self, warning: str) -> None:
        """Add a warning."""
        self.warnings.append(warning)

    def error(self) -> AdapterError:
        """Return an error with the issues, each once, and not more than can be read."""
        return AdapterError(shortened(dict.fromkeys(self.issues)))

    def all_warnings(self) -> tuple[str, ...]:
        """Return the warnings, each once, and one that counts what was ignored."""
        warnings = tuple(dict.fromkeys(self.warnings))
        if not self.ignored:
            return warnings
        counted = ", ".join(f"{count} {kind}" for kind, count in sorted(self.ignored.items()))
        return (*warnings, f"not read, as they have no part in a placement: {counted}")
