"""Calls of other servers: who may be called, how, and what comes back."""
