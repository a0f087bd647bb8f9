"""What one can do in the chat, apart from how one asks for it (REST, page, plugin)."""
