"""Google's Perspective API, which ends after 2026.

An attribute such as TOXICITY is answered with the probability of a label, as `VALENCE_PERSPECTIVE_ATTRIBUTES` says, or
somebody with the scope `classifiers` chose in the page. An attribute that nothing answers is an error, never a made-up
score.
"""
