"""The management pages at /admin/integrations."""
