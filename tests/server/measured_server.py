"""The bundled model behind the server, which says at its end how much memory it took."""

from __future__ import annotations

import os
import resource
import sys

import click

from valence.server.production import Server, listen
from valence.server.settings import default_settings

if __name__ == "__main__":
    # Little patience, so that calls which would take minutes end while all of them are in memory.
    changes = {
        "calls_per_minute": 0,
        "tokens_per_minute": 0,
        "log_level": "error",
        "default_model": "bundled",
        "answer_timeout_s": 3.0,
    }
    server, parent = Server(default_settings().model_copy(update=changes), listen("127.0.0.1", 0)), os.getpid()
    try:
        server.run()
    finally:
        if os.getpid() == parent:  # the worker comes here too
            peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
            click.echo(f"peak {peak / (1e6 if sys.platform == 'darwin' else 1e3):.0f} MB")
