"""A response from an open file, which is closed once it is sent."""

from __future__ import annotations

from contextlib import AbstractContextManager, ExitStack
from typing import IO

from flask import Response
from werkzeug.wsgi import FileWrapper

_BLOCK = 65_536


def sent(opened: AbstractContextManager[IO[bytes]], name: str, media_type: str) -> Response:
    """The file as a download with this name. What `opened` holds is released after the last byte, or if the client
    leaves.
    """
    with ExitStack() as stack:
        file = stack.enter_context(opened)
        length = file.seek(0, 2)
        file.seek(0)
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Content-Length": str(length)}
        response = Response(FileWrapper(file, _BLOCK), content_type=media_type, headers=headers)
        response.call_on_close(stack.pop_all().close)
        return response
