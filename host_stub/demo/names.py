"""Who and what is in every demo."""

ADMIN = "admin"
BOT = "rocket.cat"
GENERAL = "general"
ALERTS = "alerts"
ROOMS = (GENERAL, ALERTS)
