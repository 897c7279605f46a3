"""`python -m ganzoo`, which loads what `ganzoo` loads."""

import os
import sys

# `python -m` puts the current directory first on the search path. A folder of images or a run from a stranger is no
# place to load code from: the command `ganzoo` does not look there, and this does not either.
if not sys.flags.safe_path and sys.path and sys.path[0] in ("", os.getcwd()):  # noqa: PTH109 - as Python wrote it
    del sys.path[0]

from ganzoo.cli.app import main

if __name__ == "__main__":
    main()
