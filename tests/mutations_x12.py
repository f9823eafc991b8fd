"""One fault of each kind that a 999 can report, put into a right transaction set.

Each kind is a function that changes a set at one place, chosen at random among those where
the fault is possible, and says which finding it expects there; `None` where the set has no
such place. Nothing here asks the engine what is wrong.
"""

from __future__ import annotations

from tests.mutations_elements_x12 import NO_VALUE
from tests.mutations_how_x12 import KINDS, Broken
from tests.mutations_structure_x12 import STRUCTURE

__all__ = ["KINDS", "NO_VALUE", "STRUCTURE", "Broken"]
