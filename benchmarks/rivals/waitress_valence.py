"""Our application on waitress, as its documentation advises, with a handler for SIGTERM, which it lacks."""

import signal
import sys

import waitress

from valence.server.app import create_app


def stop(_signal, _frame):
    raise SystemExit(0)


signal.signal(signal.SIGTERM, stop)
waitress.serve(
    create_app(),
    listen=f"127.0.0.1:{sys.argv[1]}",
    threads=16,
    channel_timeout=30,
    connection_limit=1000,
    asyncore_use_poll=True,
    max_request_body_size=1_048_576,
)
