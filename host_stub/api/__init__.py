"""The REST API, in Rocket.Chat's shapes."""
