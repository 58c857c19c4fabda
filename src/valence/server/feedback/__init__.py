"""Feedback on answers: what is accepted and stored, how it is listed and exported. Never imports Flask."""
