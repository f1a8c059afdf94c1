"""`python -m monitor` is `tocsin`."""

import sys

from monitor.cli import main

sys.exit(main())
