"""The tables of the chat server."""
