"""/api/v1/classifiers/NAME/versions: what fits made, tried, compared, downloaded and deleted."""

from __future__ import annotations

from typing import IO

from flask import Blueprint, Response

from valence.model.readable import NOT_READABLE
from valence.server.api.classifiers import NAME
from valence.server.auth.access import holder
from valence.server.openapi import teaching_examples as examples
from valence.server.openapi.contract import Media, operation
from valence.server.schemas.classifiers import DownloadQuery, TryRequest, UploadQuery, Version, VersionList
from valence.server.schemas.comparison import CompareQuery, VersionComparison
from valence.server.schemas.predict import PredictResponse
from valence.server.state import state
from valence.server.store import version_rows
from valence.server.teaching import comparing, describe, managing, uploading, versions
from valence.server.web.file_response import sent

blueprint = Blueprint("versions", __name__, url_prefix="/api/v1/classifiers/<name>/versions")

_ONE = {**NAME, "number": "The version's number."}
_UNKNOWN = ("unknown-classifier", "unknown-version")
_SCORING = ("text-empty", "text-only-quotes", *NOT_READABLE, "text-too-long", "text-error", "too-costly", "overloaded")


@blueprint.get("")
@operation(
    tag="Versions",
    summary="List the versions",
    responses=VersionList,
    scope="classifiers",
    store=True,
    problems=("unknown-classifier", "starting"),
    parameters=NAME,
    response_examples=examples.VERSION_LISTS,
)
def list_versions(name: str) -> VersionList:
    """Newest first. Every version that was published once, or uploaded, is kept; the newest one of a fit is replaced by
    the next fit until then.
    """
    current = state()
    engine, row = current.registry.body, managing.find(name, current.database)
    found = version_rows.of_classifier(current.database, row.id)
    return VersionList(versions=[describe.summary(version, row, engine.id) for version in found])


@blueprint.post("")
@operation(
    tag="Versions",
    summary="Upload a version",
    upload=Media(("application/zip",)),
    query=UploadQuery,
    responses={201: Version},
    scope="classifiers",
    store=True,
    problems=("unknown-classifier", "invalid-archive", "unknown-labels", "version-unusable", "starting"),
    parameters=NAME,
    response_examples=examples.VERSIONS,
)
def upload_version(name: str, query: UploadQuery, upload: IO[bytes]) -> tuple[Version, int]:
    """A model folder in a ZIP file, such as a download or what `valence transfer --from bundled` writes; or only its
    `head.json` and `head.safetensors`, which is enough. It must be fitted on this server's encoder and have no other
    labels than the classifier. It doesn't answer before you publish it, and no fit replaces it.
    """
    current = state()
    engine, row = current.registry.body, managing.find(name, current.database)
    number = uploading.add(upload, query.note, row, holder().id, current.database, engine)
    version = versions.find(number, row, current.database)
    return describe.version(version, row, engine.id, current.database), 201


@blueprint.get("/<int:number>")
@operation(
    tag="Versions",
    summary="Get a version",
    responses=Version,
    scope="classifiers",
    store=True,
    problems=(*_UNKNOWN, "starting"),
    parameters=_ONE,
    response_examples=examples.VERSIONS,
)
def get_version(name: str, number: int) -> Version:
    """Everything that was measured, with 95% intervals, and its most confident mistakes."""
    current = state()
    engine, row = current.registry.body, managing.find(name, current.database)
    version = versions.find(number, row, current.database)
    return describe.version(version, row, engine.id, current.database)


@blueprint.delete("/<int:number>")
@operation(
    tag="Versions",
    summary="Delete a version",
    responses={204: Media()},
    scope="classifiers",
    store=True,
    problems=(*_UNKNOWN, "version-published"),
    parameters=_ONE,
)
def delete_version(name: str, number: int) -> Response:
    """Deletes it permanently. The published version can't be deleted."""
    versions.remove(number, managing.find(name, state().database), state().database)
    return Response(status=204)


@blueprint.post("/<int:number>/predict")
@operation(
    tag="Versions",
    summary="Try a version",
    body=TryRequest,
    responses=PredictResponse,
    scope="classifiers",
    store=True,
    problems=(*_UNKNOWN, "version-unusable", *_SCORING, "starting"),
    parameters=_ONE,
    request_examples=examples.TRY_REQUESTS,
    response_examples=examples.TRY_RESPONSES,
)
def try_version(name: str, number: int, body: TryRequest) -> PredictResponse:
    """Scores a text with any version, published or not. The text isn't stored."""
    current = state()
    engine, row = current.registry.body, managing.find(name, current.database)
    version = versions.find(number, row, current.database, head=True)
    return versions.try_text(body, version, row, engine, current.settings)


@blueprint.get("/<int:number>/compare")
@operation(
    tag="Versions",
    summary="Compare two versions",
    query=CompareQuery,
    responses=VersionComparison,
    scope="classifiers",
    store=True,
    problems=(*_UNKNOWN, "no-examples", "version-unusable", "overloaded", "starting"),
    parameters=_ONE,
    response_examples=examples.COMPARISONS,
)
def compare_versions(name: str, number: int, query: CompareQuery) -> VersionComparison:
    """A paired test on today's test examples, and the examples whose verdict differs. At most 2,000 examples are
    compared, test examples first.
    """
    current = state()
    engine, row = current.registry.body, managing.find(name, current.database)
    return comparing.compared(number, query, row, current.database, engine, current.teacher.reader)


@blueprint.get("/<int:number>/download")
@operation(
    tag="Versions",
    summary="Download a version",
    query=DownloadQuery,
    responses={200: Media(("application/zip",))},
    scope="classifiers",
    store=True,
    problems=(*_UNKNOWN, "version-unusable", "version-not-plain", "starting"),
    parameters=_ONE,
)
def download_version(name: str, number: int, query: DownloadQuery) -> Response:
    """A model folder in a ZIP file, for `valence serve`, `valence score` and every other command. With
    `parts=transformers` it also has a folder of that name, which plain transformers loads. Its scores differ in the
    third decimal, by what the server's int8 engine rounds, and of a text it reads only the first window.
    """
    current = state()
    engine, row = current.registry.body, managing.find(name, current.database)
    version = versions.find(number, row, current.database, head=True)
    return sent(versions.as_zip(query, version, row, engine), f"{name}-{number}.zip", "application/zip")
