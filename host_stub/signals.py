"""What happens in the chat, told by blinker.

Every signal is sent inside the database transaction that does the thing, as

    signal.send(host, user=..., room=..., message=..., session=...)

`host` is the `ChatHost` of the app. `session` is the open SQLAlchemy session: what a receiver adds
to it is stored together with the event, and undone with it. A receiver must not commit.

| signal        | user                    | room | message                          |
|---------------|-------------------------|------|----------------------------------|
| message-sent  | the author              | yes  | the new or the edited message    |
| file-uploaded | who uploaded it         | yes  | the message that holds the file  |
| room-created  | the owner               | yes  | -                                |
| room-archived | who did it              | yes  | -                                |
| room-joined   | who is a member now     | yes  | -                                |
| room-left     | who was a member        | yes  | -                                |
| user-created  | the new user            | -    | -                                |
| user-deleted  | who had the account     | -    | -                                |

A file's message is told twice, as `message-sent` and as `file-uploaded`. Direct rooms send neither
`room-created` nor `room-joined`.
"""

MESSAGE_SENT = "message-sent"
FILE_UPLOADED = "file-uploaded"
ROOM_CREATED = "room-created"
ROOM_ARCHIVED = "room-archived"
ROOM_JOINED = "room-joined"
ROOM_LEFT = "room-left"
USER_CREATED = "user-created"
USER_DELETED = "user-deleted"
