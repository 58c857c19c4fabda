"""A classifier that learns, as scikit-learn has them: a frozen body, and a head fitted on texts and labels.

    >>> import valence
    >>> classifier = valence.TextClassifier().fit(texts, labels)            # doctest: +SKIP
    >>> classifier.predict(["A wonderful, moving film."])                   # doctest: +SKIP
    array(['positive'], dtype='<U8')
    >>> classifier.save("models/own")                                       # doctest: +SKIP

What `valence transfer` does with a data set, for texts that are already in Python. Torch is needed only for a body that
is not exported. May import `valence.training`; serving must never import it.
"""

from valence.system.errors import SettingsError
from valence.system.extras import how_to_install

try:
    import sklearn  # noqa: F401 - whether it is there
except ModuleNotFoundError as error:
    raise SettingsError(
        "valence.TextClassifier needs scikit-learn, which serving does without.",
        hint=how_to_install("train"),
        code="extra-missing",
    ) from error

from valence.estimator.text_classifier import TextClassifier

__all__ = ["TextClassifier"]
