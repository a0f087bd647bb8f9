"""The port: all that the plugin asks of a chat server."""
