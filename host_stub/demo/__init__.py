"""A whole chat server by one command, to try things out: see docs/development.md."""
