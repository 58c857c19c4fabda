"""Examples of the operations of moderation, for the OpenAPI document. A test validates each against its schema."""

from __future__ import annotations

from typing import Any

_CLAIM = "6f1c3a52-9d0e-4b7a-8c21-5e4f3d2c1b0a"
_REQUEST = "0b9f6c1e-2a47-4d3c-9b51-7e8f2d1c3a4b"
_UNDO = "4a3d2c1b-0f9e-4d8c-b7a6-5e4d3c2b1a09"
_VERSION = {"name": "my-forum", "body": "3f0c9a1be2d4", "head": "9b1d52c07e6a"}
_ITEM = {
    "number": 812,
    "id": "post-4711",
    "text": "You clearly didn't read it.",
    "author": "bob",
    "parent": "post-4702",
    "thread": "topic-90",
    "link": "https://forum.example/t/90/12",
    "created_at": "2026-11-25T12:00:00Z",
    "received_at": "2026-11-25T12:00:01Z",
    "edits": 0,
    "state": "waiting",
    "why": "flagged",
    "blind": False,
    "score": 0.91,
    "threshold": 0.7,
    "labels": ["removed"],
    "probabilities": [{"label": "removed", "probability": 0.91}, {"label": "kept", "probability": 0.09}],
    "version": _VERSION,
    "error": None,
    "copies": 2,
    "claimed_until": None,
    "decision": None,
}
_BLIND = {
    **_ITEM,
    "number": 813,
    "id": "post-4712",
    "text": "THREE WEEKS ago.",
    "why": "blind",
    "blind": True,
    "score": None,
    "threshold": None,
    "labels": None,
    "probabilities": None,
    "copies": 0,
}
_DECISION = {
    "id": 31,
    "request": _REQUEST,
    "item": 812,
    "item_id": "post-4711",
    "action": "remove",
    "labels": None,
    "reason": 2,
    "undoes": None,
    "copy_of": None,
    "by": "the moderators",
    "made_at": "2026-11-25T12:03:00Z",
    "waited_s": 179.0,
    "blind": False,
    "why": "flagged",
    "score": 0.91,
    "classifier_labels": ["removed"],
    "body": "3f0c9a1be2d4",
    "head": "9b1d52c07e6a",
    "agrees": True,
    "learnt": True,
}
_UNDONE = {**_DECISION, "id": 32, "request": _UNDO, "action": "undo", "reason": None, "undoes": 31}
_UNDONE |= {"waited_s": None, "agrees": None, "learnt": False}
_RULES = {
    "classifier": "my-forum",
    "approve_label": "kept",
    "remove_label": "removed",
    "pass_below": 0.3,
    "flag_from": 0.7,
    "learn": True,
    "dry_run": True,
}

NEW_ITEMS: dict[str, Any] = {
    "one comment": {
        "items": [
            {
                "id": "post-4711",
                "text": "You clearly didn't read it.",
                "author": "bob",
                "parent": "post-4702",
                "thread": "topic-90",
                "link": "https://forum.example/t/90/12",
                "created_at": "2026-11-25T12:00:00Z",
            }
        ]
    },
    "the least": {"items": [{"id": "1", "text": "Thanks!"}]},
}
STORED_ITEMS: dict[str, Any] = {
    "one comment": {
        "classifier": "my-forum",
        "items": [{"id": "post-4711", "number": 812, "outcome": "new", "state": "scoring", "why": None, "score": None}],
    }
}
FILE_ITEMS: dict[str, Any] = {
    "an export": {
        "classifier": "my-forum",
        "format": "Discourse (JSON)",
        "thread": "discourse-112",
        "new": 198,
        "repeats": 2,
        "edited": 0,
        "left_out": [{"comments": 3, "why": "were removed on their site"}],
        "warnings": [],
    }
}
QUEUE_PAGES: dict[str, Any] = {"the last page": {"items": [_ITEM, _BLIND], "next": None}}
NEXT_REQUESTS: dict[str, Any] = {
    "twenty items": {"claim": _CLAIM, "limit": 20},
    "two items that a page shows": {"claim": _CLAIM, "items": [812, 813]},
}
CLAIMED_ITEMS: dict[str, Any] = {
    "one item": {"items": [{**_ITEM, "claimed_until": "2026-11-25T12:08:00Z"}], "seconds": 300}
}
ITEM_DETAILS: dict[str, Any] = {
    "an item": {
        "item": _ITEM,
        "own_text": None,
        "parent": None,
        "earlier": [],
        "answers": [_BLIND],
        "author": {"decided": 14, "removed": 2, "last": []},
    }
}
EXPLANATIONS: dict[str, Any] = {
    "a comment": {
        "text": "You clearly didn't read it.",
        "label": "removed",
        "probability": 0.91,
        "words": [
            {"start": 0, "end": 3, "effect": 0.02, "log_odds": 0.22, "marked": False},
            {"start": 4, "end": 11, "effect": 0.31, "log_odds": 1.91, "marked": True},
            {"start": 12, "end": 18, "effect": 0.12, "log_odds": 0.99, "marked": True},
            {"start": 19, "end": 23, "effect": 0.05, "log_odds": 0.5, "marked": True},
            {"start": 24, "end": 26, "effect": 0.0, "log_odds": 0.0, "marked": False},
        ],
        "version": _VERSION,
    }
}
NEW_DECISIONS: dict[str, Any] = {
    "remove it, for the second reason": {"request": _REQUEST, "action": "remove", "reason": 2, "claim": _CLAIM},
    "approve it with its copies": {"request": _REQUEST, "action": "approve", "copies": True},
    "another label": {"request": _REQUEST, "action": "label", "labels": ["off topic"]},
}
DECIDED: dict[str, Any] = {"a new decision": {"new": True, "items": 1, "decision": _DECISION}}
UNDO_REQUESTS: dict[str, Any] = {"an undo": {"request": _UNDO, "undoes": _REQUEST}}
UNDONE: dict[str, Any] = {"a decision that was taken back": {"new": True, "items": 1, "decision": _UNDONE}}
DECISION_PAGES: dict[str, Any] = {"the last page": {"items": [_UNDONE, _DECISION], "next": None}}
SUMMARIES: dict[str, Any] = {
    "a morning": {
        "classifier": "my-forum",
        "waiting": 23,
        "copies": 5,
        "unsure": 6,
        "scoring": 0,
        "decided_today": 31,
        "corrected_today": 7,
        "new_decisions": 38,
        "version": _VERSION,
        "rules": _RULES,
    }
}
RULES: dict[str, Any] = {"rules": _RULES}
RULES_CHANGES: dict[str, Any] = {"other thresholds": {"pass_below": 0.2, "flag_from": 0.8}}
_WISH = {"kind": "precision", "value": 0.9}
_PROMISE = {"kept": True, "best": None, "needed": None, "is_estimate": False, "decisions": 412}
WISHES: dict[str, Any] = {
    "9 of 10 flags are right": _WISH,
    "miss at most 1 in 20": {"kind": "recall", "value": 0.95},
    "at most 30 flags a day": {"kind": "load", "value": 30},
}
STORED_WISHES: dict[str, Any] = {
    "a wish that is kept": {
        "classifier": "my-forum",
        "wish": _WISH,
        "words": "9 of 10 flags are right",
        "pass_below": 0.31,
        "flag_from": 0.78,
        "chosen": {**_PROMISE, "version": _VERSION, "chosen_at": "2026-11-25T12:00:00Z"},
    }
}
PREVIEWS: dict[str, Any] = {
    "a wish": {
        "classifier": "my-forum",
        "version": _VERSION,
        "wish": _WISH,
        "words": "9 of 10 flags are right",
        "pass_below": 0.31,
        "flag_from": 0.91,
        "promise": _PROMISE,
        "is_estimate": False,
        "blind": 412,
        "tested": 150,
        "recent": 5000,
        "outlook": {
            "per": 400.0,
            "is_day": True,
            "flags": {"value": 27.0, "low": 25.1, "high": 29.0},
            "right": {"value": 25.2, "low": 22.0, "high": 27.4},
            "missed": {"value": 6.1, "low": 2.9, "high": 11.0},
            "reads": {"value": 41.3, "low": 38.9, "high": 43.8},
            "precision": {"value": 0.933, "low": 0.82, "high": 0.985},
            "recall": {"value": 0.894, "low": 0.82, "high": 0.945},
        },
        "histogram": {
            "recent": [2210, 860, 420, 300, 210, 150, 120, 100, 80, 70, 60, 60, 50, 50, 50, 40, 40, 40, 40, 50],
            "fine": [180, 80, 52, 36, 24, 16, 14, 10, 8, 6, 6, 5, 4, 4, 3, 3, 2, 2, 1, 1],
            "bad": [1, 1, 1, 1, 2, 2, 2, 3, 3, 4, 4, 5, 5, 6, 7, 8, 10, 12, 12, 16],
        },
        "near_pass": [],
        "near_flag": [{"item": _ITEM, "score": 0.91}],
        "approved_flagged": [],
    }
}
REPORTS: dict[str, Any] = {
    "one week": {
        "classifier": "my-forum",
        "weeks": [
            {
                "begins": "2026-11-23",
                "received": 1840,
                "queued": 212,
                "decided": 205,
                "removed": 61,
                "median_wait_s": 412.0,
                "shown": {"decisions": 120, "agree": 111, "share": {"value": 0.925, "low": 0.864, "high": 0.96}},
                "blind": {"decisions": 85, "agree": 74, "share": {"value": 0.871, "low": 0.783, "high": 0.926}},
            }
        ],
    }
}
_WEBHOOK = {
    "id": "0b9f6c1e-2a47-4d3c-9b51-7e8f2d1c3a4b",
    "url": "https://forum.example/hooks/valence",
    "events": ["decision.made", "decision.undone"],
    "classifier": None,
    "secret": None,
    "rolling": False,
    "created_at": "2026-11-25T12:00:00Z",
    "waiting": 3,
    "failing_since": "2026-11-25T13:00:00Z",
    "disabled_at": None,
    "message": "The answer was HTTP 502.",
}
NEW_WEBHOOKS: dict[str, Any] = {
    "decisions": {"url": "https://forum.example/hooks/valence", "events": ["decision.made", "decision.undone"]}
}
NEW_WEBHOOK: dict[str, Any] = {
    "with its secret": {
        **_WEBHOOK,
        "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "waiting": 0,
        "failing_since": None,
        "message": "",
    }
}
WEBHOOKS: dict[str, Any] = {"a webhook that fails": _WEBHOOK}
WEBHOOK_LISTS: dict[str, Any] = {"one webhook": {"webhooks": [_WEBHOOK], "most_webhooks": 10}}
WEBHOOK_CHANGES: dict[str, Any] = {"on again": {"enabled": True}, "a new secret": {"secret": "roll"}}
