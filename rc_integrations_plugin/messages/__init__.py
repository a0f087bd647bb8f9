"""From a webhook's body to messages in rooms."""
