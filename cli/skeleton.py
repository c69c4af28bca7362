"""What ``tapscope new-domain`` writes: a package with a domain, whose tests pass as they are."""

from __future__ import annotations

import re
from collections.abc import Mapping
from string import Template

import attrs

from .skeleton_texts import FILES

_NAME = re.compile(r"[a-z][a-z0-9]*([-_][a-z][a-z0-9]*)*")


class NotAName(ValueError):
    """A word that no package and no domain can be named after; the message says which can."""


def _check_name(_skeleton: Skeleton, _field: object, name: str) -> None:
    if not _NAME.fullmatch(name):
        raise NotAName(
            f"{name!r} can't be a domain's name: take lower-case words such as jobs or model-server"
        )


@attrs.frozen
class Skeleton:
    """A package that is to be written, called after what its domain is about.

    Raises:
        NotAName: *name* is not lower-case words joined by ``-`` or ``_``.
    """

    name: str = attrs.field(validator=_check_name)

    @property
    def distribution(self) -> str:
        """Give what pip calls it: ``tapscope-model-server``."""
        return f"tapscope-{self.name.replace('_', '-')}"

    @property
    def package(self) -> str:
        """Give what Python calls it: ``tapscope_model_server``."""
        return self.distribution.replace("-", "_")

    @property
    def domain(self) -> str:
        """Give what the protocol calls it: ``ModelServer``."""
        return "".join(word.capitalize() for word in re.split("[-_]", self.name))

    def files(self) -> Mapping[str, str]:
        """Give the texts, by their paths in the package's folder."""
        words = {
            "distribution": self.distribution,
            "package": self.package,
            "domain": self.domain,
            "lifecycle": f"{self.package}.work",
        }
        return {
            Template(path).substitute(words): Template(text).substitute(words)
            for path, text in FILES.items()
        }
