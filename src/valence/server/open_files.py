"""How many files this process may have open: each connection is one."""

from __future__ import annotations

import resource

# More than any server of ours needs; some systems count with "unlimited" and then refuse it.
_ENOUGH = 65_536


def allow_open_files() -> int:
    """Raises the process's own limit as far as the system lets it. How many there may be from now on."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _ENOUGH if hard == resource.RLIM_INFINITY else min(hard, _ENOUGH)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return _ENOUGH if soft == resource.RLIM_INFINITY else soft
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    except (OSError, ValueError):  # a system that says one thing and allows another: with what there was it works too
        return soft
    return wanted
