"""Rocket.Chat-compatible integrations for any Python chat server, as a pluggy plugin."""
