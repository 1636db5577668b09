"""Lets ``python -m benchmarks`` run; its modules import each other as scripts do."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from side_by_side import main

sys.exit(main())
