"""Our application for any ASGI server: bodies are gathered under limits before one of 16 threads is taken."""

from valence.server.app import create_app
from valence.server.settings import load_settings
from valence.server.transport.bridge import Bridge
from valence.server.transport.limits import Limits
from valence.server.transport.refusals import Refusals
from valence.server.transport.worker import body_limits

settings = load_settings()
flask_app = create_app(settings)
bridge = Bridge(flask_app, threads=16, refusals=Refusals(flask_app), max_body=body_limits(settings), limits=Limits())


async def app(scope, receive, send):
    if scope["type"] == "http":
        await bridge({**scope, "raw_path": scope.get("raw_path", scope["path"].encode())}, receive, send)
    elif scope["type"] == "lifespan":
        while True:
            message = await receive()
            await send({"type": f"{message['type']}.complete"})
            if message["type"] == "lifespan.shutdown":
                return
