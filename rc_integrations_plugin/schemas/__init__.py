"""Marshmallow schemas: Rocket.Chat's JSON spelling of our records."""
