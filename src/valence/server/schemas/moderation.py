"""Items, the queue and its rules, over the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from valence.model.results import Probability
from valence.server.schemas.base import Name, Wire
from valence.server.schemas.classifiers import Label
from valence.server.schemas.discussions import Split
from valence.server.schemas.models import LabelProbability, ModelVersion
from valence.server.schemas.predict import WordEffect

# Items in one request, and fields of its body: each has at most eight.
MOST_ITEMS = 100
MOST_ITEM_FIELDS = 16 + 9 * MOST_ITEMS

SenderId = Annotated[str, Field(min_length=1, max_length=200)]
State = Literal["scoring", "waiting", "copy", "unsure", "passed", "decided"]
Why = Literal["flagged", "unsure", "blind", "unreadable", "unscored"]
Action = Literal["approve", "remove", "label", "unsure"]
Order = Literal["score", "newest", "oldest"]
ItemNumber = Annotated[int, Field(ge=1, le=2**63 - 1)]
Token = Annotated[
    str,
    Field(
        pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$",
        description="A random UUID (version 4, lower case).",
        examples=["6f1c3a52-9d0e-4b7a-8c21-5e4f3d2c1b0a"],
    ),
]
_CLASSIFIER = "Name of the classifier whose queue is meant; by default VALENCE_QUEUE_CLASSIFIER, or the default model."


class ClassifierQuery(Wire):
    classifier: Name | None = Field(None, description=_CLASSIFIER)


class NewItem(Wire):
    """A comment to be moderated."""

    id: SenderId = Field(description="Your own ID of it. Sending it again is safe.", examples=["post-4711"])
    text: str = Field(description="As it was written: quotes, code and signatures are left out before it is scored.")
    author: SenderId | None = Field(None, description="Who wrote it, so that everything by them can be erased.")
    parent: SenderId | None = Field(None, description="Your ID of the comment that it answers.")
    thread: SenderId | None = Field(None, description="Your ID of the discussion.")
    link: Annotated[str, Field(max_length=2000, pattern=r"^https?://")] | None = Field(
        None, description="Where people can read it."
    )
    created_at: AwareDatetime | None = Field(None, description="When it was written; by default now.")
    changed_at: AwareDatetime | None = Field(
        None,
        description="When it was last changed. An older change that arrives after a newer one is a `repeat`, and its "
        "text isn't stored.",
    )


class NewItems(Wire):
    """Up to 100 comments."""

    items: Annotated[list[NewItem], Field(min_length=1, max_length=MOST_ITEMS, fail_fast=True)]


class ItemsQuery(ClassifierQuery):
    wait: bool = Field(
        default=False, description="Score them before the answer is sent; by default they are scored right after it."
    )


class StoredItem(Wire):
    """What became of an item that was sent."""

    id: str
    number: int = Field(description="The server's own ID of it.")
    outcome: Literal["new", "repeat", "edited"] = Field(
        description="A `repeat` has a known ID and the same text, or is older than what is stored. An `edited` one has "
        "another text: it is scored and decided anew."
    )
    state: State
    why: Why | None = Field(description="Why a person should look at it.")
    score: Probability | None = Field(
        description="Probability that it needs action; null before it is scored, and for blind items."
    )


class StoredItems(Wire):
    classifier: str
    items: list[StoredItem] = Field(description="In the order in which they were sent.")


class FileQuery(ClassifierQuery):
    split: Split | None = Field(
        None,
        description="Says that the body is a discussion that was copied from a page, and how it is split: as a page of "
        "a known site, at names such as `Ann: `, at blank lines, or at every line.",
    )


class LeftOut(Wire):
    """Comments of a file that weren't taken in."""

    comments: int
    why: str = Field(description="In words that follow their number.", examples=["were removed on their site"])


class FileItems(Wire):
    """What became of the comments of a file."""

    classifier: str
    format: str = Field(description="What the file was read as.", examples=["Discourse (JSON)"])
    thread: str | None = Field(description="ID of the discussion, if all comments are of one.")
    new: int
    repeats: int = Field(description="Comments with a known ID and the same text.")
    edited: int = Field(description="Comments with a known ID and another text.")
    left_out: list[LeftOut]
    warnings: list[str] = Field(description="What else you should know, in sentences.")


class ItemDecision(Wire):
    """The decision that counts."""

    action: Action
    labels: list[str] | None = Field(description="Of the action `label`.")
    reason: int | None = Field(description="From 1 to 5, if one was given.")
    by: str = Field(description="Name of the key, or owner.")
    made_at: datetime | None


class Item(Wire):
    """A comment in the queue."""

    number: int = Field(description="The server's own ID of it.")
    id: str = Field(description="As its sender calls it.")
    text: str
    author: str | None
    parent: str | None
    thread: str | None
    link: str | None
    created_at: datetime
    received_at: datetime
    edits: int = Field(description="How often its text was changed.")
    state: State = Field(
        description="`scoring`, then `passed` if nobody needs to look, or `waiting`; a `copy` is behind a waiting item "
        "with the same text; `unsure` if a moderator set it aside; `decided`."
    )
    why: Why | None = Field(
        description="Why a person should look: `flagged`; `unsure`, between the two thresholds; `unreadable`; "
        "`unscored`, because no version is published; `blind`, chosen by chance."
    )
    blind: bool = Field(description="Whether it is shown without its score, to measure the classifier by.")
    score: Probability | None = Field(
        description="Probability that it needs action; null for a blind item until it is decided."
    )
    threshold: float | None = Field(description="The score from which, or below which, `why` holds.")
    labels: list[str] | None = Field(description="What the classifier says.")
    probabilities: list[LabelProbability] | None
    version: ModelVersion | None = Field(description="The version that scored it.")
    error: str | None = Field(description="Code of why it couldn't be read.", examples=["text-too-long"])
    copies: int = Field(description="Other waiting items with the same text.")
    claimed_until: datetime | None = Field(description="Until when a moderator's browser holds it.")
    decision: ItemDecision | None


class QueueQuery(ClassifierQuery):
    state: Literal[State, "open", "all"] = Field("open", description="`open` items are waiting or unsure.")
    order: Literal["score", "lowest", "newest", "oldest"] = Field(
        "score", description="Highest (`score`) or `lowest` score first, or by time of writing."
    )
    label: Label | None = Field(None, description="Only items to which the classifier gave this label.")
    author: SenderId | None = Field(None, description="Only by this author.")
    thread: SenderId | None = Field(None, description="Only of this discussion.")
    why: Why | None = Field(None, description="Only items that are here for this reason.")
    search: str | None = Field(None, min_length=1, max_length=200, description="Only texts that contain this.")
    limit: int = Field(50, ge=1, le=100, description="Items per page.")
    cursor: str | None = Field(
        None, max_length=200, description="`next` of the previous page; leave it out for the first page."
    )


class QueuePage(Wire):
    items: list[Item]
    next: str | None = Field(
        description="Cursor of the next page; null on the last page. Of a search in a long queue, a page may hold few "
        "items, or none, and still have a next one."
    )


class NextRequest(Wire):
    """Asks for items that nobody else gets meanwhile."""

    claim: Token = Field(description="A random UUID that the browser tab chooses once; who has it holds the items.")
    limit: int = Field(10, ge=1, le=50, description="How many items the tab holds at most.")
    order: Order = "score"
    items: Annotated[list[ItemNumber], Field(max_length=50, fail_fast=True)] | None = Field(
        None,
        description="Only these items, by number, if nobody else holds them, instead of the next ones; the tab's other "
        "items are released. For a page that shows the queue in its own order.",
    )


class ClaimedItems(Wire):
    items: list[Item] = Field(description="Those that the tab already holds come first.")
    seconds: int = Field(description="Until others may get them, unless the tab asks again.")


class AuthorRecord(Wire):
    """The decisions about an author's latest items."""

    decided: int = Field(description="Items that were looked at: 20 at most.")
    removed: int = Field(description="Of these, those that weren't approved.")
    last: list[Item] = Field(description="The latest five.")


class ItemDetail(Wire):
    """An item in its discussion."""

    item: Item
    own_text: str | None = Field(description="The author's own words, which are scored; null if that is all of it.")
    parent: Item | None
    earlier: list[Item] = Field(description="The five items of its discussion that were written before it.")
    answers: list[Item] = Field(description="The first ten that answer it.")
    author: AuthorRecord | None


class Explanation(Wire):
    """Which words tipped it."""

    text: str = Field(description="The author's own words, as they were scored.")
    label: str
    probability: Probability
    words: list[WordEffect] = Field(description="How much each word, phrase or sentence changed the probability.")
    version: ModelVersion = Field(description="The version that answers now.")


class Summary(Wire):
    """How much is left to do in a queue."""

    classifier: str
    waiting: int = Field(description="Groups of items with the same text that wait.")
    copies: int = Field(description="Items behind them.")
    unsure: int
    scoring: int
    decided_today: int = Field(description="Decisions since midnight UTC, without those that were taken back.")
    corrected_today: int = Field(description="Of these, those that differ from what the classifier said.")
    new_decisions: int = Field(description="Decisions that became examples since the newest version was fitted.")
    version: ModelVersion | None = Field(description="The version that answers now; null if none is published.")
    rules: Rules


class Rules(Wire):
    """How a classifier's items are moderated."""

    classifier: str
    approve_label: str | None = Field(description="The label of items that need no action.")
    remove_label: str | None = Field(description="The label that `remove` stands for.")
    pass_below: Probability = Field(description="Items with a lower score need nobody.")
    flag_from: Probability | None = Field(
        description="Items with at least this score are flagged; null if none is, because a wish can't be kept."
    )
    learn: bool = Field(description="Whether decisions become examples of the classifier, which keep their texts.")
    dry_run: bool = Field(
        description="Whether flagged items and decisions are only shown, and nothing is sent to webhooks: the default."
    )


class RulesChange(Wire):
    """What to change; what is left out, or null, stays."""

    approve_label: Label | None = None
    remove_label: Label | None = None
    pass_below: Probability | None = None
    flag_from: Probability | None = None
    learn: bool | None = None
    dry_run: bool | None = None
