"""The tools over MCP, with the official SDK: their descriptions, their schemas and their errors."""

from __future__ import annotations

from typing import Annotated

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import ToolAnnotations
from pydantic import Field, ValidationError

from valence.cli.mcp_tools.toolbox import ScoredFile, Toolbox
from valence.server.problems import ProblemError
from valence.server.schemas.models import ModelSummary
from valence.server.schemas.predict import PredictResponse, Scored
from valence.system.errors import ValenceError
from valence.system.version import __version__
from valence.tables.posts import Cleaning

_INSTRUCTIONS = (
    "Scores texts with classifiers that run on this machine. A probability is calibrated; where `sure` is false, say "
    "that the classifier isn't sure."
)
_READS = ToolAnnotations(read_only_hint=True, open_world_hint=False)
_WRITES = ToolAnnotations(read_only_hint=False, destructive_hint=False, open_world_hint=False)

_Classifier = Annotated[str | None, Field(description="Name of the classifier; the default one if left out.")]


def server_of(toolbox: Toolbox) -> MCPServer:
    """An MCP server with the toolbox's tools; `score_file` only if files may be read and written."""
    server = MCPServer("valence", instructions=_INSTRUCTIONS, version=__version__)

    @server.tool(annotations=_READS)
    def list_classifiers() -> list[ModelSummary]:
        """List the classifiers with their labels."""
        return toolbox.classifiers()

    @server.tool(annotations=_READS)
    def classify(
        texts: Annotated[list[str], Field(min_length=1, description="The texts; results are in the same order.")],
        classifier: _Classifier = None,
        clean: Annotated[
            Cleaning | None, Field(description="`forum` leaves out quotes, code and signatures of forum posts.")
        ] = None,
    ) -> PredictResponse:
        """Score texts: a label and calibrated probabilities for each."""
        with _Errors():
            return toolbox.classify(texts, classifier, clean)

    @server.tool(annotations=_READS)
    def explain(
        text: Annotated[str, Field(description="One text.")],
        classifier: _Classifier = None,
    ) -> Scored:
        """Score one text, and say how much each word changed the score."""
        with _Errors():
            return toolbox.explain(text, classifier)

    if toolbox.folder is not None:

        @server.tool(annotations=_WRITES)
        def score_file(
            path: Annotated[str, Field(description="CSV, TSV, JSONL, Parquet or Excel, in the folder of the tools.")],
            out: Annotated[str, Field(description="The file to write there; it must not exist.")],
            text_column: Annotated[str | None, Field(description="Column of the texts; detected if left out.")] = None,
            classifier: _Classifier = None,
        ) -> ScoredFile:
            """Score every row of a file of any size, and write it with the label and the probability added."""
            with _Errors():
                return toolbox.score_file(path, out, text_column, classifier)

    return server


class _Errors:
    """Passes on what a caller can act on; other errors are the SDK's to report."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: BaseException | None, _traceback: object) -> None:
        if isinstance(error, ProblemError):
            raise ToolError(error.detail) from error
        if isinstance(error, ValenceError | ValidationError):
            raise ToolError(str(error)) from error
