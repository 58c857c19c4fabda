"""The command line that is running, for the results that it makes."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path


def command_line() -> str:
    """The command as one would type it, without the path of the program."""
    return shlex.join([Path(sys.argv[0]).name, *sys.argv[1:]])
