"""A small S3 for tests: one folder of memory behind the calls that pyarrow's file system makes. Checks no keys.

    python tests/cluster/s3.py      prints its port, and serves until it is killed

In a process of its own: pyarrow holds Python's lock during some calls, and a server in the same process could not
answer.
"""

from __future__ import annotations

import hashlib
import io
import itertools
import re
import sys
import threading
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import IO
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

OBJECTS: dict[str, bytes] = {}  # bucket/key -> content
UPLOADS: dict[str, dict[int, bytes]] = {}
NUMBERS = itertools.count()
LOCK = threading.Lock()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def parsed(self) -> tuple[str, dict[str, str]]:
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
        path = unquote(parts.path).lstrip("/")
        bucket_alone = path.count("/") == 1 and path.endswith("/")
        return path.rstrip("/") if bucket_alone else path, query

    def body(self) -> bytes:
        """The content, out of HTTP's own chunks and out of the signed ones of AWS, which may lie within them."""
        if "chunked" in self.headers.get("Transfer-Encoding", ""):
            raw = unchunked(self.rfile)
            self.rfile.readline()
        else:
            raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        signed = raw and "aws-chunked" in self.headers.get("Content-Encoding", "")
        return unchunked(io.BytesIO(raw)) if signed else raw

    def answer(self, status: int, content: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        headers.setdefault("Content_Length", str(len(content)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def xml(self, content: str) -> None:
        self.answer(200, f'<?xml version="1.0" encoding="UTF-8"?>{content}'.encode(), Content_Type="application/xml")

    def missing(self) -> None:
        self.answer(
            404, b"<Error><Code>NoSuchKey</Code><Message>none</Message></Error>", Content_Type="application/xml"
        )

    def do_HEAD(self) -> None:
        path, _ = self.parsed()
        if "/" not in path:
            self.answer(200, x_amz_bucket_region="us-east-1")
        elif path in OBJECTS:
            self.found(OBJECTS[path])
        else:
            self.answer(404)

    def found(self, content: bytes, status: int = 200, **headers: str) -> None:
        modified = formatdate(usegmt=True)
        whole = {"Content_Length": str(len(content)), "ETag": etag(content), "Last_Modified": modified, **headers}
        self.answer(status, content, **whole)

    def do_GET(self) -> None:
        path, query = self.parsed()
        if "list-type" in query:
            self.listed(path, query)
        elif path not in OBJECTS:
            self.missing()
        else:
            content = OBJECTS[path]
            asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
            if asked is None:
                self.found(content)
                return
            first, last = int(asked[1]), min(int(asked[2] or len(content)), len(content) - 1)
            self.found(content[first : last + 1], 206, Content_Range=f"bytes {first}-{last}/{len(content)}")

    def listed(self, bucket: str, query: dict[str, str]) -> None:
        prefix, delimiter = query.get("prefix", ""), query.get("delimiter", "")
        keys, folders = [], set()
        for path in sorted(OBJECTS):
            key = path.removeprefix(f"{bucket}/")
            if not path.startswith(f"{bucket}/{prefix}"):
                continue
            rest = key[len(prefix) :]
            if delimiter and delimiter in rest:
                folders.add(prefix + rest.partition(delimiter)[0] + delimiter)
            else:
                keys.append(key)
        contents = "".join(
            f"<Contents><Key>{escape(key)}</Key><Size>{len(OBJECTS[f'{bucket}/{key}'])}</Size>"
            f"<LastModified>2026-01-01T00:00:00.000Z</LastModified></Contents>"
            for key in keys
        )
        common = "".join(
            f"<CommonPrefixes><Prefix>{escape(each)}</Prefix></CommonPrefixes>" for each in sorted(folders)
        )
        count = len(keys) + len(folders)
        self.xml(
            f"<ListBucketResult><Name>{bucket}</Name><KeyCount>{count}</KeyCount>"
            f"<IsTruncated>false</IsTruncated>{contents}{common}</ListBucketResult>"
        )

    def do_PUT(self) -> None:
        path, query = self.parsed()
        content = self.body()
        copied = self.headers.get("x-amz-copy-source")
        with LOCK:
            if copied is not None:
                OBJECTS[path] = OBJECTS[unquote(copied).strip("/")]
                self.xml(f"<CopyObjectResult><ETag>{etag(OBJECTS[path])}</ETag></CopyObjectResult>")
            elif "partNumber" in query:
                UPLOADS[query["uploadId"]][int(query["partNumber"])] = content
                self.answer(200, ETag=etag(content))
            else:
                if "/" in path:
                    OBJECTS[path] = content
                self.answer(200, ETag=etag(content))

    def do_POST(self) -> None:
        path, query = self.parsed()
        content = self.body()
        with LOCK:
            if "uploads" in query:
                upload = f"upload{next(NUMBERS)}"
                UPLOADS[upload] = {}
                key = escape(path.partition("/")[2])
                self.xml(
                    f"<InitiateMultipartUploadResult><Key>{key}</Key><UploadId>{upload}</UploadId>"
                    "</InitiateMultipartUploadResult>"
                )
            elif "uploadId" in query:
                parts = UPLOADS.pop(query["uploadId"])
                OBJECTS[path] = b"".join(parts[number] for number in sorted(parts))
                self.xml(
                    f"<CompleteMultipartUploadResult><ETag>{etag(OBJECTS[path])}</ETag></CompleteMultipartUploadResult>"
                )
            else:
                for key in re.findall(rb"<Key>(.*?)</Key>", content):
                    OBJECTS.pop(f"{path}/{key.decode()}", None)
                self.xml("<DeleteResult></DeleteResult>")

    def do_DELETE(self) -> None:
        path, _ = self.parsed()
        with LOCK:
            OBJECTS.pop(path, None)
        self.answer(204)

    def log_message(self, *_: object) -> None:
        """Nothing: the tests' output is for their own words."""


def unchunked(stream: IO[bytes] | io.BufferedIOBase) -> bytes:
    content = b""
    while size := int(stream.readline().split(b";")[0], 16):
        content += stream.read(size)
        stream.readline()
    return content


def etag(content: bytes) -> str:
    return f'"{hashlib.md5(content).hexdigest()}"'


def main() -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    sys.stdout.write(f"{server.server_address[1]}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main()
