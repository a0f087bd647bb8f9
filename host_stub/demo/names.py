"""Who and what is in every demo; imports nothing, so that the launcher starts fast."""

ADMIN = "admin"
BOT = "rocket.cat"
GENERAL = "general"
ALERTS = "alerts"
ROOMS = (GENERAL, ALERTS)

PULLS_OF = "/repos/demo/app"
ECHO = "/echo"
FLAKY = "/flaky"
"""Paths of the receiver."""
