"""Applies a dyno's limits to itself and then becomes a command: python enter.py CORES GROUP BYTES COMMAND...

It runs in its own interpreter, because code between fork and exec can hang in a process with threads.

Arguments, each "-" for none: CORES, numbers with commas; GROUP, the folder of a control group; BYTES of private memory.
"""

from __future__ import annotations

import os
import resource
import sys
from pathlib import Path

if __name__ == "__main__":
    cores, group, private, *command = sys.argv[1:]
    if cores != "-":
        os.sched_setaffinity(0, [int(core) for core in cores.split(",")])
    if group != "-":
        (Path(group) / "cgroup.procs").write_text(str(os.getpid()), "utf-8")
    if private != "-":
        resource.setrlimit(resource.RLIMIT_DATA, (int(private), int(private)))
    os.execvp(command[0], command)  # noqa: S606 -- the command comes from our own code
