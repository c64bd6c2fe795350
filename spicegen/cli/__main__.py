"""`python -m spicegen.cli` is `spicegen`."""

import sys

from spicegen.cli.app import main

sys.exit(main())
