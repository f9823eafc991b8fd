"""The surface of the engine: deliberate, complete, quick to import, and of the standard library alone."""

from __future__ import annotations

import subprocess
import sys

from priorwire import x12


def test_all_is_sorted_and_there() -> None:
    names = list(x12.__all__)
    assert names == sorted(names, key=lambda name: (not name.isupper(), not name[0].isupper(), name))
    assert all(hasattr(x12, name) for name in names)


def test_importing_the_engine_loads_no_guide_and_nothing_foreign() -> None:
    script = (
        "import sys; before = set(sys.modules); import priorwire.x12; "
        "print(*sorted(name.partition('.')[0] if not name.startswith('priorwire') else name "
        "for name in set(sys.modules) - before))"
    )
    loaded = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True).stdout.split()
    assert not [name for name in loaded if name.startswith("priorwire.x12.guides")]
    foreign = {name for name in loaded if not name.startswith("priorwire")} - set(sys.stdlib_module_names)
    assert foreign == set()
