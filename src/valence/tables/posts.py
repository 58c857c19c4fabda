"""Reduces a forum post to the words of its author, so that a reply isn't scored on what it quotes.

Left out are quotes (`>` lines, BBCode, HTML), code blocks and signatures, in whatever the post is written: Markdown,
BBCode, HTML, plain text, or a mixture. The words of links stay. The page does the same in `web/src/lib/posts.ts`; both
are tested on tests/tables/cases/posts.json. Every step takes time that grows with the length of the post, not faster.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal, TypeVar

from valence.system.errors import TextError
from valence.tables.bbcode import blocks_of, without_bbcode
from valence.tables.post_html import text_of_html

Cleaning = Literal["forum", "none"]
T = TypeVar("T")
ONLY_QUOTES = "text-only-quotes"  # the error of a post that has nothing else

# Reddit and others store their HTML escaped once more.
_ESCAPED_HTML = re.compile(r"\s*&lt;(?:p|div|blockquote|aside)\b|\s*&lt;!--")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")

# What the forum shows for a post that is gone.
_GONE = frozenset({"[deleted]", "[removed]", "[deleted by user]"})

# Their angle brackets are no tags.
_CODE_SPAN = re.compile(r"`[^`\n]{1,500}`")
_FENCE = re.compile(r" {0,3}(?:(`{3,})([^`]*)|(~{3,})(.*))")
_IMAGE = re.compile(r"!\[[^\[\]\n]{0,300}\]\([^()\s]{1,2000}(?: \"[^\"\n]{0,300}\")?\)")
_LINK = re.compile(r"\[([^\[\]\n]{1,300})\]\([^()\s]{1,2000}(?: \"[^\"\n]{0,300}\")?\)")

# ">:(" and ">.<" are faces, and ">!text!<" is a spoiler, which is the author's own.
_QUOTED = re.compile(r"\s*>(?![:;=]['-]?[()\[\]DPpOo/\\|<>]|[._-]{1,3}<|!.)")
_SPOILER = re.compile(r">!([^\n<>]{1,2000})!<")

_VERBS = (
    r"wrote|writes|schrieb|a écrit|escribió|ha scritto|schreef|escreveu|skrev|napisał|napisała|kirjoitti|"
    r"написал|написала|пишет"
)
_DATED = re.compile(
    rf"\s*(?:on|am|le|el|il|op|em|den|w dniu|dnia)\s.{{3,200}}?(?:{_VERBS})(?:\s.{{0,100}})?:\s*", re.IGNORECASE
)
_NAMED = re.compile(rf"\s*@?\S{{1,60}}(?: \S{{1,60}}){{0,2}} (?:{_VERBS})\s?:\s*", re.IGNORECASE)

# Where a signature begins, and how many lines it can have. What has more below it divides a text. The delimiter is
# "-- " (RFC 3676), but many programs remove the space.
_SIGNATURES = ((re.compile("-- "), 12), (re.compile("--|_{15,}"), 4))
_LONGEST_ADDED_LINE = 400  # an attribution, or what a phone adds
_FORWARDED = re.compile(
    r"\s*-{2,}\s?(?:original message|forwarded message|ursprüngliche nachricht|weitergeleitete nachricht|"
    r"message d'origine|mensaje original)\s?-{2,}\s*",
    re.IGNORECASE,
)
_SENT_FROM = re.compile(
    r"\s*(?:sent from (?:my|mail for) .{1,80}|get outlook for .{1,20}|von meinem .{1,60} gesendet|"
    r"envoyé de mon .{1,60}|enviado desde mi .{1,60})\s*",
    re.IGNORECASE,
)


def cleaned(post: str) -> str | None:
    """The author's own words; None if there are none.

    An unclosed `[quote]` ends at the next blank line. Other unclosed blocks are kept, and so is indented text: people
    indent paragraphs too.

    >>> cleaned("> It's fine.\\n\\nIt isn't.\\n-- \\nAnn"), cleaned('[quote="Ann"]It is.[/quote]')
    ("It isn't.", None)
    """
    if post.strip() in _GONE:
        return None
    lines = _without_signature(_without_quotes(_lines(post)))
    return re.sub(r"\n{3,}", "\n\n", _SPOILER.sub(r"\1", "\n".join(lines))).strip() or None


def quotes(post: str) -> bool:
    """Whether a post quotes something."""
    return any(map(_QUOTED.match, _lines(post)))


def continues_block(lines: Sequence[str]) -> list[bool]:
    """For each line, whether a quote or a code block continues in it that began in an earlier one.

    >>> continues_block(["[quote]It is.", "", "[/quote] It isn't.", "Is it?"])
    [False, True, True, False]
    """
    continues = [role in {"code", "closes"} for role in _fence_roles(lines)]
    blocks, start = iter(blocks_of("\n".join(lines))), 0
    block = next(blocks, None)
    for i, line in enumerate(lines):
        while block is not None and block[1] <= start:
            block = next(blocks, None)
        continues[i] |= block is not None and block[0] < start
        start += len(line) + 1
    return continues


def is_quoted(line: str) -> bool:
    """Whether a line begins with the mark of a quote, escaped or not."""
    return _QUOTED.match(re.sub(r"^\s*&gt;", ">", line)) is not None


def is_attribution(line: str) -> bool:
    """Whether a line, which must be above a quote, says who wrote it: "On Tuesday, Ann wrote:"."""
    return len(line) <= _LONGEST_ADDED_LINE and any(form.fullmatch(line) for form in (_DATED, _NAMED))


def _lines(post: str) -> list[str]:
    """The post as plain text without code, in which every quote begins with ">"."""
    text = _without_fences(re.sub(r"\r\n?", "\n", post))
    return _LINK.sub(r"\1", _IMAGE.sub("", without_bbcode(_as_plain_text(text)))).split("\n")


def cleaning_of(facts: Mapping[str, Any]) -> Cleaning:
    """How the texts of a training were cleaned, by what a model's provenance says about its data.

    >>> cleaning_of({"clean": "forum"}), cleaning_of({"sets": [{"clean": "forum"}, {}]}), cleaning_of({})
    ('forum', 'none', 'none')
    """
    sets = facts.get("sets") or (facts,)  # distillation takes several
    return "forum" if all(data.get("clean") == "forum" for data in sets) else "none"


def own_words(post: str) -> str | TextError:
    """As `cleaned`, or the error of a post with nothing of its own. One that is blank already stays as it is."""
    own = cleaned(post)
    if own is not None or not post.strip():
        return own or post
    return TextError(
        "The post has nothing but quotes, code or a signature.",
        hint="Leave it out, or score it whole by clean='none'.",
        code=ONLY_QUOTES,
    )


def each_own_words(posts: Sequence[str], score: Callable[[list[str]], Iterable[T]]) -> list[T | TextError]:
    """What `score` says of each post's own words, in order, or the error of a post that has none."""
    own = [own_words(post) for post in posts]
    scored = iter(score([text for text in own if isinstance(text, str)]))
    return [next(scored) if isinstance(text, str) else text for text in own]


def _as_plain_text(text: str) -> str:
    if _ESCAPED_HTML.match(text):
        text = html.unescape(text)
    as_text = text_of_html(_CODE_SPAN.sub(lambda span: span[0].replace("<", "&lt;"), text)) if "<" in text else None
    # In plain text, only a complete entity is one: "?a=1&copy=2" stays.
    return _ENTITY.sub(lambda entity: html.unescape(entity[0]), text) if as_text is None else as_text


def _without_fences(text: str) -> str:
    """Without Markdown's fenced code blocks."""
    lines = text.split("\n")
    roles = _fence_roles(lines)
    own = [
        "" if role == "opens" else line for line, role in zip(lines, roles, strict=True) if role in {"opens", "text"}
    ]
    return "\n".join(own)


def _fence_roles(lines: Sequence[str]) -> list[str]:
    """What each line is to the fenced code blocks: text, opens, code or closes.

    As in CommonMark, a fence is closed by one that is at least as long.
    """
    fences = [_FENCE.fullmatch(line) for line in lines]
    if not any(fences):
        return ["text"] * len(lines)
    roles: list[str] = []
    opened = ""
    for fence, longest in zip(fences, _longest_closing_fences(fences), strict=True):
        marks, bare = _parts(fence)
        if opened:
            closes = bare and marks.startswith(opened)
            roles.append("closes" if closes else "code")
            opened = "" if closes else opened
        elif fence and longest.get(marks[0], 0) >= len(marks):
            opened = marks
            roles.append("opens")
        else:
            roles.append("text")
    return roles


def _parts(fence: re.Match[str] | None) -> tuple[str, bool]:
    """The fence's marks, and whether nothing follows them, so that it can close a block."""
    if fence is None:
        return "", False
    return fence[1] or fence[3], not (fence[2] or fence[4] or "").strip()


def _longest_closing_fences(fences: list[re.Match[str] | None]) -> list[dict[str, int]]:
    """For each line, the length of the longest closing fence of each kind below it."""
    longest: dict[str, int] = {}
    below = []
    for fence in reversed(fences):
        below.append(longest)
        marks, bare = _parts(fence)
        if bare and len(marks) > longest.get(marks[0], 0):
            longest = {**longest, marks[0]: len(marks)}
    return below[::-1]


def _without_quotes(lines: list[str]) -> list[str]:
    """Without quoted lines and the line above them that says who wrote them."""
    own: list[str] = []
    in_quote = False
    for line in lines:
        if _QUOTED.match(line):
            if not in_quote:
                _drop_attribution(own)
                own.append("")
            in_quote = True
        else:
            own.append(line)
            in_quote = in_quote and not line.strip()
    return own


def _drop_attribution(own: list[str]) -> None:
    """Removes the attribution at the end of `own`. A mail program may have wrapped it into two lines."""
    while own and not own[-1].strip():
        own.pop()
    last = [line for line in own[-2:] if len(line) <= _LONGEST_ADDED_LINE]
    if last and (_DATED.fullmatch(last[-1]) or _NAMED.fullmatch(last[-1])):
        own.pop()
    elif len(last) == 2 and _DATED.fullmatch(" ".join(last)):
        del own[-2:]


def _without_signature(lines: list[str]) -> list[str]:
    """Without a signature, a forwarded message, and what a phone adds at the end."""
    end, filled = len(lines), 0
    for i in range(len(lines) - 1, -1, -1):
        if _FORWARDED.fullmatch(lines[i]) or _begins_signature(lines[i], filled):
            end = i
        filled += bool(lines[i].strip())
    own = lines[:end]
    while own and (not own[-1].strip() or _is_sent_from(own[-1])):
        own.pop()
    return own


def _begins_signature(line: str, filled_below: int) -> bool:
    return any(filled_below <= most and delimiter.fullmatch(line) for delimiter, most in _SIGNATURES)


def _is_sent_from(line: str) -> bool:
    return len(line) <= _LONGEST_ADDED_LINE and _SENT_FROM.fullmatch(line) is not None
