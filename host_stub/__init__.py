"""A small but real chat server, the plugin's first host."""
