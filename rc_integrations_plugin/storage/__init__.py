"""The plugin's tables; rows go in and out as records."""
