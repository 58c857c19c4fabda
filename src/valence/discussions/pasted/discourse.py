"""Pages of Discourse forums: the user name, perhaps the full name, a title and whom it answers, then a short date."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence

from valence.discussions.pasted.layout import COUNTER, Head, Site, is_number, words

_USER = re.compile(r"[\w][\w.-]{1,59}")
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_MONTH_ABROAD = (
    r"(?:janv|févr|mars|avr|mai|juin|juil|août|sept|oct|nov|déc|jan|feb|märz|mär|apr|juni|juli|jun|jul|aug|sep|okt|dez|"
    r"ene|abr|may|ago|dic)\.?"
)
_DATE = re.compile(
    rf"\d{{1,2}} ?(?:s|m|min|h|d|j|tg|mon|mois|y|a|ans?)\.?|"
    rf"(?i:\d{{1,2}}\.? {_MONTH_ABROAD}(?: ['’]?\d{{2}}| \d{{4}})?(?:,? \d{{1,2}}:\d{{2}})?)|"
    rf"{_MONTH} (?:\d{{1,2}}|['’]\d{{2}}|\d{{4}}|\d{{1,2}}, \d{{4}})(?:,? \d{{1,2}}:\d{{2}} [ap]m)?"
)
_COUNTED = re.compile(
    r"\d{1,5} (?:likes?|repl(?:y|ies)|hidden repl(?:y|ies)|voters?|"
    r"réponses?|antworte?n?|respuestas?|j['’]aime|gefällt mir|me gusta)",
    re.IGNORECASE,
)
_BUTTONS = words(
    "reply|like|share|solution|solved|bookmark|flag|edit|copy link|copy link to this post|unliked|❤|read more|"
    "show full post|closed|suggested topics|there are no more posts in this topic.|log in|sign up|"
    "created|last reply|replies|views|view|users|user|like|likes|link|links|summarize|"
    "répondre|j'aime|j’aime|partager|signaler|modifier|créé|dernière réponse|réponses|réponse|vues|"
    "utilisateurs|liens|habitué|meneur|modérateur|sujets suggérés|"
    "antworten|gefällt mir|teilen|melden|bearbeiten|lösung|erstellt|letzte antwort|aufrufe|benutzer|stammgast|"
    "responder|me gusta|compartir|denunciar|editar|solución|creado|última respuesta|respuestas|visitas|usuarios|"
    "regular|leader|moderator|this user is a moderator|this user is a member of the staff group"
)
_ENDS = re.compile(
    r"suggested topics|new & unread topics|related topics|powered by discourse.*|"
    r"sujets (?:suggérés|similaires)|vorgeschlagene themen|ähnliche themen|temas (?:sugeridos|relacionados)",
    re.IGNORECASE,
)
_SUMMARY = {
    "created": "last reply",
    "créé": "dernière réponse",
    "erstellt": "letzte antwort",
    "creado": "última respuesta",
}
_LONGEST_HEAD = 7  # lines
_LONGEST_LINE = 60  # characters of a line in a head
_SOFTWARE = ("system", "discobot")


def _heads(lines: Sequence[str]) -> list[Head]:
    heads: list[Head] = []
    known: set[str] = set()
    i = 0
    while i < len(lines):
        head = _head_at(lines, i, known) if _may_begin(lines, i) else None
        if head is not None:
            heads.append(head)
            known.add(lines[i].strip())
            i = head.body
        else:
            i += 1
    return heads


def _may_begin(lines: Sequence[str], i: int) -> bool:
    line = lines[i].strip()
    if not _USER.fullmatch(line) or COUNTER.fullmatch(line) or _BUTTONS(line) or _DATE.fullmatch(line):
        return False
    above = lines[i - 1].strip() if i else ""
    return not above or _is_added(above) or bool(COUNTER.fullmatch(above))


def _head_at(lines: Sequence[str], start: int, known: Container[str]) -> Head | None:
    between: list[str] = []
    for at in range(start + 1, min(len(lines), start + _LONGEST_HEAD + 1)):
        line = lines[at].strip()
        if _DATE.fullmatch(line):
            author = lines[start].strip()
            answers = between[-1] if between and between[-1] in known and between[-1] != author else None
            return Head(start, at + 1, author, line, answers=answers, by_software=author.lower() in _SOFTWARE)
        if len(line) > _LONGEST_LINE or line.endswith((".", "!", "?", ":")):
            return None
        if line and not COUNTER.fullmatch(line):
            between.append(line)
    return None


def _is_added(line: str) -> bool:
    plain = line.strip()[:100]
    return _BUTTONS(plain) or _COUNTED.fullmatch(plain) is not None


def _title(above: Sequence[str]) -> str | None:
    """The first line of several words above the first post."""
    return next((line.strip() for line in above if len(line.split()) > 1 and not _is_added(line)), None)


def _ends(lines: Sequence[str], i: int) -> bool:
    """Whether the list of other topics begins here, or the summary below the first post."""
    line = lines[i].strip()[:80]
    if (below := _SUMMARY.get(line.lower())) is not None:
        return any(each.strip().lower() == below for each in lines[i + 1 : i + 5])
    return _ENDS.fullmatch(line) is not None


SITE = Site("Discourse", _heads, _is_added, _ends, is_number, title=_title)
