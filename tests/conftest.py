"""What every test has: stories that can be told anywhere, and random ones that are told alike each time."""

from __future__ import annotations

import sys
from pathlib import Path

from hypothesis import settings

sys.path.insert(0, str(Path(__file__).parent))

# Databases start slowly, and the machine may be busy: how long an example takes says nothing about it.
settings.register_profile("factory", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("factory")
