"""Emoji in the vocabulary of a BERT body: the tokenizer, and the values that their embeddings begin with.

    python runs/emoji_tokens.py --tokenizer src/valence/bundled/tokenizer.json --out FOLDER/tokenizer.json

BERT's vocabulary has 994 unused places, which cost no byte when emoji take them. An emoji is an added token: it is
matched before the text is split, so one glued to a word is a token too. Joiners, variation selectors and skin tones are
removed. It is all in tokenizer.json, so transformers reads texts the same way.

`emoji.tsv` has emoji with their names in Unicode's Common Locale Data Repository, in the order in which they get their
places: those with a clear tone first, then the frequent ones. Until a body is trained with them, it knows of an emoji
only the words of its name.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from tokenizers import Tokenizer

from valence.model.head import Floats

NAMES = Path(__file__).with_name("emoji.tsv")
UNUSED = re.compile(r"\[unused\d+\]")
# Text and emoji style, the joiner of several emoji, and skin tones: a token of theirs would say nothing about tone.
_MODIFIERS = "[\ufe0e\ufe0f\u200d\U0001f3fb-\U0001f3ff]"


def emoji_names(path: Path = NAMES) -> dict[str, str]:
    """Emoji -> name."""
    rows = path.read_text("utf-8").splitlines()
    return dict(row.split("\t") for row in rows)


def with_emoji(tokenizer: Mapping[str, Any], names: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, int]]:
    """(the content of tokenizer.json with emoji in its unused places, emoji -> id); no other token gets another id.

    Emoji that the vocabulary already has are left as they are, and so are those for which there is no place.

    Args:
        tokenizer: the content of a BERT tokenizer.json.
        names: the emoji in the order in which they get places.
    """
    vocabulary: dict[str, int] = dict(tokenizer["model"]["vocab"])
    places = sorted((id_, token) for token, id_ in vocabulary.items() if UNUSED.fullmatch(token))
    new = [emoji for emoji in names if emoji not in vocabulary]
    ids = {emoji: id_ for emoji, (id_, _) in zip(new, places, strict=False)}
    for _, token in places[: len(ids)]:
        del vocabulary[token]
    vocabulary |= ids
    added = [_added_token(emoji, id_) for emoji, id_ in ids.items()]
    return {
        **tokenizer,
        "added_tokens": sorted([*tokenizer["added_tokens"], *added], key=lambda token: token["id"]),
        "normalizer": {"type": "Sequence", "normalizers": [_without_modifiers(), tokenizer["normalizer"]]},
        "model": {**tokenizer["model"], "vocab": dict(sorted(vocabulary.items(), key=lambda item: item[1]))},
    }, ids


def _added_token(content: str, id_: int) -> dict[str, Any]:
    return {
        "id": id_,
        "content": content,
        "single_word": False,
        "lstrip": False,
        "rstrip": False,
        "normalized": False,
        "special": False,
    }


def _without_modifiers() -> dict[str, Any]:
    return {"type": "Replace", "pattern": {"Regex": _MODIFIERS}, "content": ""}


def first_embeddings(words: Floats, tokenizer: Tokenizer, names: Mapping[str, str], ids: Mapping[str, int]) -> Floats:
    """The word embeddings, shape (vocabulary, hidden), with the mean of the name's pieces for each emoji in `ids`.

    Args:
        words: the embeddings before, of the same shape.
        tokenizer: splits the names into pieces.
        names: emoji -> name.
        ids: emoji -> its place.
    """
    result = words.copy()
    for emoji, id_ in ids.items():
        result[id_] = words[tokenizer.encode(names[emoji], add_special_tokens=False).ids].mean(axis=0)
    return np.asarray(result)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tokenizer", type=Path, required=True, help="a BERT tokenizer.json")
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args(arguments)
    content, ids = with_emoji(json.loads(given.tokenizer.read_text("utf-8")), emoji_names())
    given.out.parent.mkdir(parents=True, exist_ok=True)
    given.out.write_text(json.dumps(content, ensure_ascii=False), "utf-8")
    print(f"{len(ids)} emoji are tokens now.")


if __name__ == "__main__":
    main()
