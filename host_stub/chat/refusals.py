"""How the chat says no."""


class ChatRefused(Exception):
    """Something that the chat does not do; nothing was changed.

    `code` is Rocket.Chat's string for it. Where Rocket.Chat has a sentence only, code and reason
    are that sentence.
    """

    def __init__(self, code: str, reason: str = "", *, status: int = 400) -> None:
        super().__init__(reason or code)
        self.code = code
        self.reason = reason or code
        self.status = status


def invalid_params(reason: str) -> ChatRefused:
    """Return the refusal of an argument that is missing or makes no sense."""
    return ChatRefused("invalid-params", reason)


def not_allowed(reason: str = "Not allowed") -> ChatRefused:
    """Return the refusal of something that this user may not do here."""
    return ChatRefused("error-not-allowed", reason)
