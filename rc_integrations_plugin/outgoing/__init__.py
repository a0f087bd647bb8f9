"""Events of the chat that other servers are told of, and what they answer."""
