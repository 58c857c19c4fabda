"""Prints the OpenAPI document: `python -m valence.server.print_openapi > web/openapi.json`.

The output depends only on the code, not on the machine's settings. The front end's client is generated from the
committed copy; a test fails if that is out of date.
"""

from __future__ import annotations

import sys

from valence.server.app import create_app
from valence.server.classifiers.registry import Registry
from valence.server.openapi.document import as_text, document
from valence.server.settings import default_settings


def main() -> None:
    settings = default_settings()
    sys.stdout.write(as_text(document(create_app(settings, registry=Registry()), settings)))


if __name__ == "__main__":
    main()
