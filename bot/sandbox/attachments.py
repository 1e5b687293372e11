"""Pictures, files, contacts and forwarded messages that a person sends."""

import asyncio

from bot.sandbox.entities import fixed
from bot.sandbox.files import NotAPicture, file_content, photo_content, photo_sizes
from bot.sandbox.methods.editing import forwarded
from bot.sandbox.people import Unable, place, send
from bot.sandbox.wire import JSON, Upload
from bot.sandbox.world import World

CAPTION_LIMIT = 1024


async def send_photos(
    world: World, user_id: int, chat_id: int, pictures: list[bytes], caption: str = ""
) -> list[int | None]:
    """Send one picture, or several as an album; each is a message of its own, the first has the caption."""
    place(world, user_id, chat_id)
    if not 1 <= len(pictures) <= 10:
        raise Unable("一次可发 1 到 10 张照片")
    try:
        sized = [await asyncio.to_thread(photo_sizes, picture) for picture in pictures]
    except NotAPicture:
        raise Unable("这不是能发送的图片") from None
    album = {"media_group_id": world.next_album_id()} if len(pictures) > 1 else {}
    contents: list[JSON] = [{**album, "photo": photo_content(world.files.add_photo(sizes))} for sizes in sized]
    contents[0].update(_caption(caption))
    return send(world, user_id, chat_id, *contents)


def send_file(
    world: World, user_id: int, chat_id: int, kind: str, upload: Upload, caption: str = "", duration_s: int = 0
) -> int | None:
    """Send a document, voice note, video or the like; returns the update number."""
    place(world, user_id, chat_id)
    if not upload.data:
        raise Unable("文件是空的")
    content = file_content(world.files.add(kind, upload.data, upload.filename, upload.content_type))
    if duration_s:
        content["duration"] = duration_s
    return send(world, user_id, chat_id, {kind: content, **_caption(caption)})[0]


def forward(world: World, user_id: int, chat_id: int, from_chat_id: int, message_id: int) -> int | None:
    """Forward one message out of a chat the person is in; returns the update number."""
    _, source = place(world, user_id, from_chat_id)
    message = source.messages.get(message_id)
    if message is None:
        raise Unable("要转发的消息已不在了", 404)
    if message.get("has_protected_content"):
        raise Unable("这条消息不能转发", 403)
    return send(world, user_id, chat_id, forwarded(message))[0]


def _caption(caption: str) -> JSON:
    caption, entities = fixed(caption, [])
    if len(caption) > CAPTION_LIMIT:
        raise Unable(f"说明文字最多 {CAPTION_LIMIT} 字")
    if not caption:
        return {}
    return {"caption": caption, **({"caption_entities": entities} if entities else {})}


def send_contact(world: World, user_id: int, chat_id: int, phone_number: str) -> int | None:
    """Share the own phone number, as a request_contact button does; returns the update number."""
    who, _ = place(world, user_id, chat_id)
    contact: JSON = {"phone_number": phone_number, "first_name": who.first_name, "user_id": who.id}
    if who.last_name:
        contact["last_name"] = who.last_name
    return send(world, user_id, chat_id, {"contact": contact})[0]
