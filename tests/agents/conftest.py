"""What the tests of the agents share."""

from __future__ import annotations

from hypothesis import settings

# A machine may be busy: how long an example takes says nothing.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")
