"""Making, changing and removing integrations: what the API, the pages and commands share."""
