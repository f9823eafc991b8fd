"""``python -m priorwire``."""

import sys

from priorwire.cli.main import main

sys.exit(main())
