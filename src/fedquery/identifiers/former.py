"""The one table of former spelling rules: what a release still speaks beside its own.

It is empty: no rule has changed since the first. docs/identifiers.md says step by step how one is
changed, and when a row goes again.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from fedquery.identifiers.rules import Former

# By the name of the kind, newest first.
FORMER: Final[Mapping[str, tuple[Former, ...]]] = MappingProxyType({})
