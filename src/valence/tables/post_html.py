"""Turns a post in HTML into text, without quotes, code blocks, signatures and previews of links."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from justhtml.parser.stream import StreamEvent

# The elements of HTML that posts contain. Anything else in angle brackets is text: "List<String>", "</sarcasm>".
_INLINE = (
    "a abbr acronym b bdi bdo big cite code data del dfn em font i img ins kbd label mark meter o:p picture q s samp "
    "small source span strike strong sub sup svg path use time tt u var wbr"
).split()
_BLOCKS = frozenset(
    "address article aside blockquote br center dd details dir div dl dt fieldset figcaption figure footer form h1 h2 "
    "h3 h4 h5 h6 header hr legend li main nav ol option p pre section select summary table tbody tfoot thead tr ul "
    "html head body".split()
)
_QUOTES = frozenset({"blockquote"})
_NOT_WORDS = frozenset("pre script style title iframe noscript textarea audio video object".split())
_KNOWN = sorted({*_INLINE, *_BLOCKS, "td", "th", *_QUOTES, *_NOT_WORDS})

_WITH_CLASSES = frozenset("aside cite div dl section span table td".split())
# As written by Discourse, XenForo, vBulletin, MyBB, SMF, phpBB, Invision, Gmail, Thunderbird and Yahoo.
_QUOTE_CLASSES = frozenset(
    "quote bbcode_quote bbcodeblock--quote quoteheader quotefooter quotemain quotetop ipsquote gmail_quote gmail_attr "
    "moz-cite-prefix yahoo_quoted".split()
)
_OTHER_CLASSES = frozenset(
    "signature sig post-signature gmail_signature moz-signature onebox lightbox-wrapper bbcode_code bbcodeblock--code "
    "codebox".split()
)
_EMOJI_CLASSES = frozenset("emoji smilie smiley".split())

_SEPARATORS = {**dict.fromkeys(_BLOCKS, "\n"), "p": "\n\n", "td": " ", "th": " "}

_TEXT_BRACKET = re.compile(rf"<(?!/?(?:{'|'.join(_KNOWN)})[\s/>])", re.IGNORECASE)
# What a quote leaves behind, so that the line above it is recognised as its attribution.
_A_QUOTE = "\n>\n"


def text_of_html(post: str) -> str | None:
    """The text of a post in HTML, or of one that contains some; None for a post without HTML, such as "a < b".

    Line breaks stay as they are, since Markdown may contain HTML. Where a quote was, a line ">" stays.
    """
    from justhtml import stream  # linear on any input, unlike html.parser before Python 3.13.6 or a parser to a tree

    events: list[StreamEvent] = list(stream(_with_text_escaped(_without_comments(post))))
    if not any(_is_surely_html(event) for event in events):
        return None
    ends = _ends(events)
    parts: list[str] = []
    until = 0
    for i, event in enumerate(events):
        if i < until:
            continue
        instead = _instead(event) if i in ends else None
        if instead is None:
            parts.append(_as_text(event))
        else:
            parts.append(instead)
            until = ends[i] + 1
    return "".join(parts)


def _without_comments(post: str) -> str:
    parts, done = [], 0
    while (start := post.find("<!--", done)) >= 0:
        parts.append(post[done:start])
        end = post.find("-->", start + 2)
        done = len(post) if end < 0 else end + 3
    return "".join([*parts, post[done:]])


def _with_text_escaped(post: str) -> str:
    """With the angle brackets escaped that begin no tag, or one without an end."""
    finished = post.rfind(">") + 1
    return _TEXT_BRACKET.sub("&lt;", post[:finished]) + post[finished:].replace("<", "&lt;")


def _is_surely_html(event: StreamEvent) -> bool:
    """Whether it can be nothing else. In "a <b and c> d" there is a tag that is none."""
    if event[0] == "start":
        name, attributes = event[1]
        return all(attributes.values()) if attributes else name in _BLOCKS
    return event[0] == "end"


def _ends(events: Sequence[StreamEvent]) -> dict[int, int]:
    """The index of each start tag -> that of its end tag, or if that is missing, of the last one with its name."""
    ends: dict[int, int] = {}
    last: dict[str, int] = {}
    opened: dict[str, list[int]] = defaultdict(list)
    for i, event in enumerate(events):
        if event[0] == "start":
            opened[event[1][0]].append(i)
        elif event[0] == "end":
            last[event[1]] = i
            if opened[event[1]]:
                ends[opened[event[1]].pop()] = i
    for name, starts in opened.items():
        ends |= {start: last[name] for start in starts if last.get(name, -1) > start}
    return ends


def _instead(event: StreamEvent) -> str | None:
    """What replaces an element that is left out; None for one that stays, and for anything else."""
    if event[0] != "start":
        return None
    name, attributes = event[1]
    classes = _classes(attributes) if name in _WITH_CLASSES else set()
    if name in _QUOTES or classes & _QUOTE_CLASSES:
        return _A_QUOTE
    return "\n\n" if name in _NOT_WORDS or classes & _OTHER_CLASSES else None


def _as_text(event: StreamEvent) -> str:
    if event[0] == "text":
        return event[1]
    if event[0] == "start" and event[1][0] == "img":
        return (event[1][1].get("alt") or "") if _classes(event[1][1]) & _EMOJI_CLASSES else ""
    if event[0] == "start" or event[0] == "end":
        name = event[1] if event[0] == "end" else event[1][0]
        return _SEPARATORS.get(name, "")
    return ""


def _classes(attributes: Mapping[str, str | None]) -> set[str]:
    return set((attributes.get("class") or "").lower().split())
