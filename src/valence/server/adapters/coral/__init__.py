"""Coral's external moderation phase: Coral asks about each comment, signed, before it is published."""
