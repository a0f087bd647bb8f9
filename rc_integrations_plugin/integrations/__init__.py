"""Integrations as records, who may manage them, and their tokens."""
