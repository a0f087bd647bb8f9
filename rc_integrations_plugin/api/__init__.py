"""The management API: /api/v1/integrations.*."""
