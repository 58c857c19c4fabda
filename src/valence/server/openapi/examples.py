"""Examples for the OpenAPI document. A test validates each against its schema."""

from __future__ import annotations

from typing import Any

_VERSION = {"name": "bundled", "body": "3f0c9a1be2d4", "head": "9b1d52c07e6a"}
_SCORED = {
    "kind": "scored",
    "label": "positive",
    "labels": None,
    "probability": 0.987,
    "sure": True,
    "probabilities": [{"label": "negative", "probability": 0.013}, {"label": "positive", "probability": 0.987}],
    "tokens": 6,
    "windows": 1,
    "text": None,
    "words": None,
    "sentences": None,
    "mixed": None,
}
_SEVERAL = {
    **_SCORED,
    "label": "angry",
    "labels": ["angry", "urgent"],
    "probability": 0.91,
    "probabilities": [
        {"label": "angry", "probability": 0.91},
        {"label": "thankful", "probability": 0.02},
        {"label": "urgent", "probability": 0.74},
    ],
}
_WORDS = [
    {"start": 0, "end": 1, "effect": 0.002, "log_odds": 0.14, "marked": False},
    {"start": 2, "end": 11, "effect": 0.214, "log_odds": 3.09, "marked": True},
    {"start": 13, "end": 19, "effect": 0.061, "log_odds": 1.81, "marked": True},
    {"start": 20, "end": 24, "effect": -0.004, "log_odds": -0.37, "marked": True},
]
_EMPTY = {"kind": "error", "error": {"code": "text-empty", "detail": "The text is empty. Give it at least one word."}}
_SUMMARY = {
    "name": "bundled",
    "default": True,
    "labels": ["negative", "positive"],
    "multi_label": False,
    "thresholds": None,
    "base": "minilm",
    "version": _VERSION,
    "sure_from": 0.7,
    "clean": "none",
}
_LIMITS = {"max_texts": 128, "max_explained_texts": 8, "max_text_chars": 20480, "max_body_bytes": 1048576}
RESULT = {
    "name": "SST-2, only the final layer changed",
    "data": "sst2",
    "split": "test",
    "rows": 872,
    "metrics": {"accuracy": {"value": 0.905, "low": 0.885, "high": 0.924}},
    "multi_label": False,
    "labels": ["negative", "positive"],
    "confusion": [[385, 43], [40, 404]],
    "per_class": [
        {"label": "negative", "precision": 0.906, "recall": 0.9, "f1": 0.903, "support": 428, "roc_auc": 0.96},
        {"label": "positive", "precision": 0.904, "recall": 0.91, "f1": 0.907, "support": 444, "roc_auc": 0.96},
    ],
    "reliability": {"rows": [0, 872], "confidence": [0, 0.91], "accuracy": [0, 0.905]},
    "calibration": {"by_chance": {"value": 0.008, "low": 0.0, "high": 0.022}, "p_value": 0.61},
    "roc": [
        {
            "label": "positive",
            "area": 0.96,
            "false_positive_rate": [0, 0.1, 1],
            "true_positive_rate": [0, 0.91, 1],
            "threshold": [None, 0.5, 0.002],
        }
    ],
    "precision_recall": [
        {
            "label": "positive",
            "average_precision": 0.961,
            "recall": [0.002, 0.91, 1],
            "precision": [1, 0.904, 0.509],
            "threshold": [0.998, 0.5, 0.002],
        }
    ],
    "score_histogram": [{"label": "positive", "own": [40, 404], "others": [385, 43]}],
    "thresholds": [
        {
            "label": "positive",
            "aim": "precision",
            "target": 0.95,
            "threshold": 0.81,
            "precision": 0.951,
            "recall": 0.772,
        }
    ],
    "slices": [{"by": "words", "name": "1 to 9", "rows": 218, "accuracy": {"value": 0.92, "low": 0.88, "high": 0.95}}],
    "cross_validation": None,
    "caution": None,
    "confused": None,
    "mistakes": [{"key": "dev.tsv:412", "truth": "positive", "predicted": "negative", "probability": 0.97}],
    "known_failures": [
        {"text": "this slaps", "truth": "positive", "predicted": "negative", "probability": 0.86, "key": "dev.tsv:17"}
    ],
    "learning_curve": None,
    "label_check": None,
    "command": "valence transfer --from models/imdb --data sst2 --out models/sst2",
    "data_checksum": "8d2c0f4e",
    "seed": 7,
    "wall_time_s": 41.3,
    "peak_memory_mb": 910.0,
    "trained_parameters": 770,
    "processor": "AMD EPYC 9R14, 2 cores",
}

_FEEDBACK_ID = "6f1c3a52-9d0e-4b7a-8c21-5e4f3d2c1b0a"
_WRONG = {
    "id": _FEEDBACK_ID,
    "model": _VERSION,
    "predicted": "positive",
    "probability": 0.987,
    "correct": False,
    "label": "negative",
    "text": "Well, that was two hours of my life.",
    "request_id": "4bf92f3577b34da6a3ce929d0e0e4736",
}

PREDICT_REQUESTS: dict[str, Any] = {
    "one text": {"text": "A wonderful, moving film."},
    "with an explanation": {"text": "A wonderful, moving film.", "explain": True},
    "a forum post": {"text": '[quote="Ann"]I love it.[/quote]\n\nI don\'t.', "clean": "forum"},
    "several texts": {"texts": ["A wonderful, moving film.", ""]},
}
PREDICT_RESPONSES: dict[str, Any] = {
    "one text": {"model": _VERSION, "results": [_SCORED], "took_ms": 4.2},
    "with an explanation": {
        "model": _VERSION,
        "results": [{**_SCORED, "words": _WORDS, "sentences": [], "mixed": False}],
        "took_ms": 9.8,
    },
    "several texts": {"model": _VERSION, "results": [_SCORED, _EMPTY], "took_ms": 4.6},
    "of a multi-label model": {"model": {**_VERSION, "name": "tickets"}, "results": [_SEVERAL], "took_ms": 4.3},
}
_TWO = [
    {"model": _VERSION, "results": [_SCORED]},
    {"model": {**_VERSION, "name": "tickets", "head": "0c4d7be1a2f3"}, "results": [_SEVERAL]},
]
SEVERAL_REQUESTS: dict[str, Any] = {
    "two models": {"text": "It came late, and nobody answers.", "models": ["bundled", "tickets"]}
}
SEVERAL_RESPONSES: dict[str, Any] = {"two models": {"answers": _TWO, "took_ms": 5.1}}
MODEL_LISTS: dict[str, Any] = {"one model": {"models": [_SUMMARY], "limits": _LIMITS}}
MODEL_DETAILS: dict[str, Any] = {
    "the bundled model": {
        **_SUMMARY,
        "card": "# Film reviews, positive or negative\n\nWhat it is, and what it is not for.",
        "max_tokens": 256,
        "instructions": "avx512-vnni",
        "licence": "Apache-2.0",
        "readout": "final",
        "results": [RESULT],
        "comparisons": [{**RESULT, "name": "TF-IDF and logistic regression"}],
        "provenance": {"data": "sst2", "split": "train", "seed": 7},
    }
}
_JOB = {
    "id": "0b9f6c1e-2a47-4d3c-9b51-7e8f2d1c3a4b",
    "state": "running",
    "reason": None,
    "rows": 25000,
    "rows_done": 9600,
    "rows_left_out": 0,
    "shape": "csv",
    "text_column": "text",
    "model": _VERSION,
    "created_at": "2026-11-25T12:00:00Z",
    "expires_at": "2026-11-26T12:00:00Z",
}
FILE_PREVIEWS: dict[str, Any] = {
    "a CSV file": {
        "rows": 1000,
        "complete": False,
        "read_as": {
            "format": "csv",
            "encoding": "utf-8",
            "separator": ";",
            "header": True,
            "sheet": None,
            "packing": None,
            "member": None,
            "tool": None,
            "sheets": [],
            "members": [],
        },
        "columns": ["text", "label"],
        "text_column": "text",
        "label_columns": ["label"],
        "first_rows": [["It came late.", "complaint"], ["Thank you!", None]],
        "guesses": [
            {
                "what": "text column",
                "value": "text",
                "reason": "by its name",
                "offers": [{"purpose": "", "parameters": {"text_column": "label"}}],
            }
        ],
        "labels": [{"label": "complaint", "rows": 700}, {"label": "praise", "rows": 299}],
        "multi_label": False,
        "left_out": [
            {"rows": 1, "why": "have no label", "offers": [{"purpose": "", "parameters": {"label_column": None}}]}
        ],
        "notes": [],
        "problems": [
            {
                "code": "row-ragged",
                "message": "The file, line 9: 3 cell(s), but the table has 2 columns.",
                "hint": "Put a text with the delimiter or a line break in double quotes.",
                "offers": [{"purpose": "To leave such rows out", "parameters": {"bad_rows": "skip"}}],
            }
        ],
    }
}
FILE_ROWS: dict[str, Any] = {
    "a CSV file": {
        "read_as": FILE_PREVIEWS["a CSV file"]["read_as"],
        "unit": "line",
        "columns": ["text", "label"],
        "text_column": "text",
        "rows": [{"place": 2, "cells": ["It came late.", "complaint"], "text": None}],
        "rows_left_out": 1,
        "left_out": [{"place": 3, "why": "The file, line 3: 3 cells, but the header has 2."}],
    }
}
JOBS: dict[str, Any] = {"a running job": _JOB}
JOB_LISTS: dict[str, Any] = {"one job": {"jobs": [_JOB]}}
FEEDBACK_REQUESTS: dict[str, Any] = {
    "a correct prediction": {
        "id": _FEEDBACK_ID,
        "model": _VERSION,
        "predicted": "positive",
        "probability": 0.987,
        "correct": True,
    },
    "a wrong prediction, with consent to store the text": {**_WRONG, "consent": True},
}
FEEDBACK_RECEIPTS: dict[str, Any] = {"stored without the text": {"id": _FEEDBACK_ID, "text_kept": False}}
FEEDBACK_POLICIES: dict[str, Any] = {"texts are not stored": {"texts_kept": False}}
FEEDBACK_PAGES: dict[str, Any] = {
    "the last page": {
        "items": [{**_WRONG, "received_at": "2026-11-25T12:00:00Z", "changed_at": "2026-11-25T12:00:00Z"}],
        "next": None,
    }
}
DISCUSSION_REQUESTS: dict[str, Any] = {
    "two messages": {"text": "Ann: I like it.\nBen: > I like it.\nI don't."},
    "every line": {"text": "I like it.\nI don't.", "split": "lines", "clean": "none"},
}
DISCUSSION_RESPONSES: dict[str, Any] = {
    "two comments": {
        "format": "text with names",
        "split": "names",
        "title": None,
        "comments": [
            {
                "id": "1",
                "parent": None,
                "author": "Ann",
                "created_at": None,
                "text": "I like it.",
                "body": "I like it.",
                "score": None,
                "line": 1,
            },
            {
                "id": "2",
                "parent": "1",
                "author": "Ben",
                "created_at": None,
                "text": "I don't.",
                "body": "> I like it.\nI don't.",
                "score": None,
                "line": 2,
            },
        ],
        "left_out": [],
        "warnings": [],
    }
}
