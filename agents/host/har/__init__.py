"""HTTP Archive 1.2: what was recorded, as a file that DevTools and other tools import."""

from __future__ import annotations

from .encoding import encode as encode
from .entries import Entries as Entries
from .pages import page as page
from .sanitizing import SECRET as SECRET
from .sanitizing import sanitized as sanitized
from .values import Creator as Creator
from .values import Entry as Entry
from .values import Page as Page
