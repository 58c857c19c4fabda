"""Examples of the operations on classifiers, for the OpenAPI document. A test validates each against its schema."""

from __future__ import annotations

from typing import Any

from valence.server.openapi.examples import PREDICT_RESPONSES, RESULT

_FIT = {
    "state": "done",
    "again": False,
    "step": "fitting the head",
    "done": 400,
    "total": 400,
    "reason": None,
    "version": 2,
    "requested_at": "2026-11-25T12:00:00Z",
    "ended_at": "2026-11-25T12:00:09Z",
}
_ACCURACY = {"value": 0.84, "low": 0.74, "high": 0.91}
_MACRO_F1 = {"value": 0.83, "low": 0.73, "high": 0.9}
_SUMMARY = {
    "number": 2,
    "head": "9b1d52c07e6a",
    "body": "3f0c9a1be2d4",
    "usable": True,
    "published": False,
    "was_published": False,
    "note": "200 decisions of May",
    "made_at": "2026-11-25T12:00:09Z",
    "uploaded": False,
    "transformers": False,
    "rows": 318,
    "tested_on": "test",
    "tested_rows": 82,
    "accuracy": _ACCURACY,
    "macro_f1": _MACRO_F1,
}
_FIRST = {**_SUMMARY, "number": 1, "head": "04c2f0aa91de", "published": True, "was_published": True, "note": ""}
_CLASSIFIER = {
    "name": "my-forum",
    "labels": ["removed", "kept"],
    "multi_label": False,
    "readout": "auto",
    "clean": "none",
    "created_at": "2026-11-25T11:00:00Z",
    "examples": {
        "labels": [{"label": "removed", "train": 118, "test": 31}, {"label": "kept", "train": 200, "test": 51}],
        "train": 318,
        "test": 82,
        "unlabelled": 40,
    },
    "fit": _FIT,
    "newest": _SUMMARY,
    "published": _FIRST,
}
_EXAMPLE = {
    "id": 17,
    "text": "You clearly didn't read it.",
    "labels": ["kept"],
    "part": "train",
    "source": "file",
    "picked": None,
    "author": "bob",
    "checked": False,
    "added_at": "2026-11-25T11:10:00Z",
    "changed_at": "2026-11-25T11:10:00Z",
}
_DOUBT = {
    "id": 17,
    "text": _EXAMPLE["text"],
    "labels": ["kept"],
    "suggested": ["removed"],
    "probability": 0.93,
    "part": "test",
}

NEW_CLASSIFIERS: dict[str, Any] = {
    "one label per text": {"name": "my-forum", "labels": ["removed", "kept"]},
    "several labels per text": {"name": "tickets", "labels": ["angry", "urgent", "thankful"], "multi_label": True},
    "labels from a file": {"name": "my-forum"},
}
CLASSIFIERS: dict[str, Any] = {"with two versions": _CLASSIFIER}
CLASSIFIER_LISTS: dict[str, Any] = {
    "one classifier": {"classifiers": [_CLASSIFIER], "most_classifiers": 20, "most_examples": 25000}
}
CLASSIFIER_CHANGES: dict[str, Any] = {"a third label": {"labels": ["removed", "kept", "off topic"]}}
FIT_REQUESTS: dict[str, Any] = {"with a note": {"note": "200 decisions of May"}}
FITS: dict[str, Any] = {"a fit that made version 2": _FIT}
PUBLISH_REQUESTS: dict[str, Any] = {
    "a new version": {"version": 2, "head": "9b1d52c07e6a"},
    "back to an older one": {"version": 1},
}
SUSPECTS: dict[str, Any] = {
    "one suspect": {
        "version": 2,
        "rows": 318,
        "estimated_share": 0.03,
        "suspects": [
            {
                "example": _EXAMPLE,
                "suggested": ["removed"],
                "given_probability": 0.04,
                "suggested_probability": 0.96,
            }
        ],
    }
}
_UNLABELLED = {**_EXAMPLE, "id": 402, "labels": None, "text": "Read the thread again, please."}
NEXT_TEXTS: dict[str, Any] = {
    "two texts": {
        "unlabelled": 40,
        "texts": [
            {"example": _UNLABELLED, "picked": "random", "suggested": ["kept"], "probability": 0.97},
            {
                "example": {**_UNLABELLED, "id": 431, "text": "THREE WEEKS ago."},
                "picked": "uncertain",
                "suggested": ["removed"],
                "probability": 0.51,
            },
        ],
    }
}
NEW_EXAMPLES: dict[str, Any] = {
    "two labelled texts": {
        "examples": [
            {"text": "You clearly didn't read it.", "labels": ["removed"], "author": "bob"},
            {"text": "Thanks, a fix is coming.", "labels": ["kept"]},
        ]
    },
    "a text to label later": {"examples": [{"text": "THREE WEEKS ago."}]},
}
ADDED: dict[str, Any] = {"a file": {"added": 398, "relabelled": 1, "unchanged": 3, "contradicting": 1, "left_out": 2}}
EXAMPLE_PAGES: dict[str, Any] = {"the last page": {"items": [_EXAMPLE], "next": None}}
EXAMPLES: dict[str, Any] = {"an example": _EXAMPLE}
EXAMPLE_CHANGES: dict[str, Any] = {
    "a label": {"labels": ["removed"], "picked": "random"},
    "no label any more": {"labels": None},
    "the label is right": {"checked": True},
}
ERASE_REQUESTS: dict[str, Any] = {"an author": {"author": "bob"}, "a text": {"text": "You clearly didn't read it."}}
ERASED: dict[str, Any] = {"three examples": {"erased": 3, "items": 1}}
VERSION_LISTS: dict[str, Any] = {"two versions": {"versions": [_SUMMARY, _FIRST]}}
VERSIONS: dict[str, Any] = {
    "the newest version": {
        **_SUMMARY,
        "labels": ["kept", "removed"],
        "reads": "final readout beside n-grams",
        "verdict": "Right for 69 of 82 examples that it hadn't seen: 84% (74% to 91%). The most frequent label, kept, "
        "is right for 62%.",
        "enough": True,
        "beside": [
            {
                "name": "the most frequent label, kept",
                "kind": "most-frequent",
                "accuracy": {"value": 0.622, "low": 0.51, "high": 0.72},
                "macro_f1": {"value": 0.383, "low": 0.34, "high": 0.42},
            }
        ],
        "mistakes": [_DOUBT],
        "per_label": RESULT["per_class"],
        "confusion": [[46, 5], [8, 23]],
        "reliability": RESULT["reliability"],
        "result": RESULT,
        "learning": {
            "sentence": "200 more examples: about 3 points more (1 to 5).",
            "more": 200,
            "gain": {"value": 0.028, "low": 0.011, "high": 0.047},
            "points": [
                {"rows": 64, "accuracy": 0.74},
                {"rows": 127, "accuracy": 0.79},
                {"rows": 254, "accuracy": 0.83},
            ],
        },
        "identity": {
            "sentence": "It answers removed to 12% of harmless sentences with words such as gay, Muslim or queer, and "
            "to 6% of the same sentences without, 2.0 times as often.",
            "sentences": 16,
            "labels": [
                {
                    "label": "removed",
                    "without": 0.0625,
                    "share": 0.125,
                    "change": {"value": 0.061, "low": 0.034, "high": 0.093},
                    "terms": [{"term": "gay", "share": 0.5, "probability": 0.44}],
                }
            ],
        },
        "notes": [],
    }
}
TRY_REQUESTS: dict[str, Any] = {"one text": {"text": "You clearly didn't read it."}}
TRY_RESPONSES: dict[str, Any] = {"one text": PREDICT_RESPONSES["one text"]}
COMPARISONS: dict[str, Any] = {
    "with the published version": {
        "version": 2,
        "with_version": 1,
        "rows": 82,
        "accuracy": {"value": 0.037, "low": -0.012, "high": 0.085},
        "macro_f1": {"value": 0.041, "low": -0.013, "high": 0.094},
        "only_this": 4,
        "only_other": 1,
        "p_value": 0.375,
        "verdict": "The test examples don't show which one is better: accuracy +3.66 points [-1.22, +8.54] on 82 test "
        "examples.",
        "agreement": {
            "examples": 410,
            "this": {"value": 0.907, "low": 0.875, "high": 0.932},
            "other": {"value": 0.859, "low": 0.822, "high": 0.889},
            "gained": 27,
            "lost": 7,
        },
        "flipped": 1,
        "texts": [
            {
                "id": 17,
                "text": "You clearly didn't read it.",
                "labels": ["removed"],
                "part": "test",
                "before": ["kept"],
                "after": ["removed"],
            }
        ],
    }
}
SIGN_INS: dict[str, Any] = {
    "with a key": {"key": "valence_0a1b2c3d4e5f_the-rest-of-the-key"},
    "with a one-time token": {"token": "0a1b2c3d4e5f.the-rest-of-the-token"},
}
SESSIONS: dict[str, Any] = {
    "signed in": {
        "signed_in": True,
        "scopes": ["classifiers"],
        "owner": False,
        "expires_at": "2026-11-28T12:00:00Z",
    },
}
_ATTRIBUTE = {
    "name": "TOXICITY",
    "classifier": "my-forum",
    "label": "removed",
    "source": "chosen",
    "problem": None,
}
ATTRIBUTE_CHOICES = {"a label": {"classifier": "my-forum", "label": "removed"}}
ATTRIBUTES = {"an attribute": _ATTRIBUTE}
ATTRIBUTE_LISTS = {
    "one attribute": {"attributes": [_ATTRIBUTE], "unanswered": ["INSULT", "THREAT"], "languages": ["en"]}
}
