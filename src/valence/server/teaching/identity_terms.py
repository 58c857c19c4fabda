"""Words for groups of people, and harmless sentences with a place for one: data for `identity`.

The words are adjectives from the list of Dixon, Li, Sorensen, Thain and Vasserman (2018), "Measuring and Mitigating
Unintended Bias in Text Classification", which comment classifiers are known to take for abuse. The sentences are ours:
nobody is insulted in them, and each is right without the word.
"""

from __future__ import annotations

from typing import Final

TERMS: Final = (
    "gay",
    "lesbian",
    "bisexual",
    "transgender",
    "queer",
    "straight",
    "female",
    "male",
    "Black",
    "white",
    "Asian",
    "African",
    "Mexican",
    "Middle Eastern",
    "Muslim",
    "Jewish",
    "Christian",
    "Hindu",
    "blind",
    "deaf",
    "elderly",
    "teenage",
)

# The word stands before a noun, so that it can be left out together with its space.
PLACE: Final = "{} "
SENTENCES: Final = (
    "My {} neighbour helped me carry the shopping.",
    "Some {} people moved in next door last week.",
    "I watched a film about a family with {} parents.",
    "Our new {} colleague starts on Monday.",
    "There is a meeting for {} students in room four.",
    "Two {} friends of mine opened a bakery.",
    "He wrote a book about the lives of {} people in this town.",
    "The article asks how {} voters see the new law.",
    "She is proud to be part of a {} choir.",
    "I would like to hear from {} readers about this.",
    "Thanks to the {} teacher who answered my question.",
    "Many {} people read this forum, me included.",
    "What do {} users think of the new design?",
    "The city has elected its first {} mayor.",
    "A {} woman asked me for the way to the station.",
    "We interviewed three {} musicians for the next issue.",
)
