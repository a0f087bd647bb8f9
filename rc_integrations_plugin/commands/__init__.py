"""`flask integrations ...`: commands for whoever manages integrations, each a thin edge."""
