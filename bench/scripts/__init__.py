"""How fast operators' scripts run, beside Node.js: `python -m bench.scripts`."""
