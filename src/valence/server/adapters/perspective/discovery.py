"""The discovery document, from which Google's client libraries learn the methods and our address."""

from __future__ import annotations

from typing import Any

_TEXT = {"type": "string"}
_NUMBER = {"type": "number", "format": "float"}


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


def _map(values: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": values}


def _ref(name: str) -> dict[str, str]:
    return {"$ref": name}


_SCHEMAS: dict[str, dict[str, Any]] = {
    "TextEntry": _object(text=_TEXT, type={**_TEXT, "enum": ["TEXT_TYPE_UNSPECIFIED", "PLAIN_TEXT", "HTML"]}),
    "AttributeParameters": _object(scoreType=_TEXT, scoreThreshold=_NUMBER),
    "ArticleAndParentComment": _object(article=_ref("TextEntry"), parentComment=_ref("TextEntry")),
    "Context": _object(entries=_list(_ref("TextEntry")), articleAndParentComment=_ref("ArticleAndParentComment")),
    "Score": _object(value=_NUMBER, type=_TEXT),
    "SpanScore": _object(
        begin={"type": "integer", "format": "int32"}, end={"type": "integer", "format": "int32"}, score=_ref("Score")
    ),
    "AttributeScores": _object(spanScores=_list(_ref("SpanScore")), summaryScore=_ref("Score")),
    "AnalyzeCommentRequest": _object(
        comment=_ref("TextEntry"),
        requestedAttributes=_map(_ref("AttributeParameters")),
        languages=_list(_TEXT),
        context=_ref("Context"),
        doNotStore={"type": "boolean"},
        spanAnnotations={"type": "boolean"},
        dropUnsupportedAttributes={"type": "boolean"},
        clientToken=_TEXT,
        sessionId=_TEXT,
        communityId=_TEXT,
    ),
    "AnalyzeCommentResponse": _object(
        attributeScores=_map(_ref("AttributeScores")),
        languages=_list(_TEXT),
        detectedLanguages=_list(_TEXT),
        clientToken=_TEXT,
    ),
    "SuggestCommentScoreRequest": _object(
        comment=_ref("TextEntry"),
        attributeScores=_map(_ref("AttributeScores")),
        languages=_list(_TEXT),
        context=_ref("Context"),
        clientToken=_TEXT,
        sessionId=_TEXT,
        communityId=_TEXT,
    ),
    "SuggestCommentScoreResponse": _object(
        clientToken=_TEXT, detectedLanguages=_list(_TEXT), requestedLanguages=_list(_TEXT)
    ),
}


def discovery(root: str) -> dict[str, Any]:
    """The document of a server at this address, which ends with a slash."""
    return {
        "kind": "discovery#restDescription",
        "discoveryVersion": "v1",
        "id": "commentanalyzer:v1alpha1",
        "name": "commentanalyzer",
        "version": "v1alpha1",
        "revision": "20260504",
        "title": "Perspective Comment Analyzer API",
        "description": "Answered by Valence.",
        "protocol": "rest",
        "rootUrl": root,
        "baseUrl": root,
        "servicePath": "",
        "batchPath": "batch",
        "parameters": {
            name: {"type": "string", "location": "query"}
            for name in ("key", "alt", "fields", "access_token", "oauth_token", "quotaUser", "callback", "$.xgafv")
        }
        | {"prettyPrint": {"type": "boolean", "location": "query"}},
        "schemas": {name: {"id": name, **schema} for name, schema in _SCHEMAS.items()},
        "resources": {
            "comments": {
                "methods": {
                    "analyze": _method("analyze", "AnalyzeComment", "Analyzes a comment."),
                    "suggestscore": _method("suggestscore", "SuggestCommentScore", "Suggests scores for a comment."),
                }
            }
        },
    }


def _method(name: str, schema: str, description: str) -> dict[str, Any]:
    path = f"v1alpha1/comments:{name}"
    return {
        "id": f"commentanalyzer.comments.{name}",
        "description": description,
        "path": path,
        "flatPath": path,
        "httpMethod": "POST",
        "parameters": {},
        "parameterOrder": [],
        "request": _ref(f"{schema}Request"),
        "response": _ref(f"{schema}Response"),
    }
