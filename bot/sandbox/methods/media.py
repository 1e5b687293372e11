"""Methods that send files, and getFile."""

import asyncio
from typing import Any

from bot.sandbox.files import (
    DOWNLOAD_LIMIT,
    NotAPicture,
    StoredFile,
    file_content,
    photo_content,
    photo_sizes,
)
from bot.sandbox.methods.registry import method
from bot.sandbox.methods.sending import caption_content, put
from bot.sandbox.wire import JSON, PHOTO_LIMIT, Params, Refusal, Upload, bad
from bot.sandbox.world import World

WITH_SPOILER = frozenset(("photo", "video", "animation"))
MISSING = {"video_note": "video note"}
ALBUM_KINDS = frozenset(("photo", "video", "audio", "document"))
ALBUM_LIMIT = 10
RIGHTS = {"photo": "photos", "video": "videos", "audio": "music", "document": "documents"}


async def file_of(world: World, params: Params, name: str, kind: str, uploads: dict[str, Upload]) -> JSON:
    """The message content for the file in parameter `name`: a new upload, attach://, a file_id; else refused."""
    given = params.text(name)
    upload = uploads.get(given.removeprefix("attach://")) if given.startswith("attach://") else None
    upload = upload or params.files.get(name)
    if upload is not None and not upload.data:
        raise bad("file must be non-empty")
    if upload is None and (not given or given.startswith("attach://")):
        raise bad(f"there is no {MISSING.get(kind, kind)} in the request")
    if kind == "photo":
        return {"photo": photo_content(await _photo(world, upload, given))}
    stored = _new_file(world, upload, kind) if upload else world.files.reuse(given, kind)
    return _content(stored, kind)


def _content(stored: StoredFile, kind: str) -> JSON:
    content = {stored.kind: file_content(stored)}
    if kind == "animation":
        content["document"] = {**stored.ids(), "file_name": stored.name, "mime_type": stored.mime_type}
    return content


def _new_file(world: World, upload: Upload, kind: str) -> StoredFile:
    return world.files.add(kind, upload.data, upload.filename, upload.content_type)


async def _photo(world: World, upload: Upload | None, file_id: str) -> list[StoredFile]:
    if upload is None:
        return world.files.photo(world.files.reuse(file_id, "photo").file_id)
    if len(upload.data) > PHOTO_LIMIT:
        raise Refusal(413, "Request Entity Too Large")
    try:
        return world.files.add_photo(await asyncio.to_thread(photo_sizes, upload.data))
    except NotAPicture as error:
        raise bad(str(error)) from None


def _spoiler(params: Params, kind: str) -> JSON:
    return {"has_media_spoiler": True} if kind in WITH_SPOILER and params.boolean("has_spoiler") else {}


async def _send(world: World, params: Params, kind: str) -> JSON:
    content = await file_of(world, params, kind, kind, params.files)
    caption = {} if kind in ("sticker", "video_note") else caption_content(world, params)
    what = RIGHTS.get(kind, "media messages")
    return put(world, params, {**content, **caption, **_spoiler(params, kind)}, what=what)[0]


@method("sendPhoto")
async def send_photo(world: World, params: Params) -> JSON:
    return await _send(world, params, "photo")


@method("sendDocument")
async def send_document(world: World, params: Params) -> JSON:
    return await _send(world, params, "document")


@method("sendVoice")
async def send_voice(world: World, params: Params) -> JSON:
    return await _send(world, params, "voice")


@method("sendVideo")
async def send_video(world: World, params: Params) -> JSON:
    return await _send(world, params, "video")


@method("sendAudio")
async def send_audio(world: World, params: Params) -> JSON:
    return await _send(world, params, "audio")


@method("sendAnimation")
async def send_animation(world: World, params: Params) -> JSON:
    return await _send(world, params, "animation")


@method("sendVideoNote")
async def send_video_note(world: World, params: Params) -> JSON:
    return await _send(world, params, "video_note")


@method("sendSticker")
async def send_sticker(world: World, params: Params) -> JSON:
    return await _send(world, params, "sticker")


async def media_content(world: World, item: Any, uploads: dict[str, Upload]) -> JSON:
    """The content of one InputMedia object with its caption."""
    if not isinstance(item, dict):
        raise bad("can't parse InputMedia: expected an Object")
    kind = item.get("type")
    if not isinstance(kind, str) or kind not in ALBUM_KINDS | {"animation"}:
        raise bad("can't parse InputMedia: type must be specified and valid")
    fields = Params(item)
    content = await file_of(world, fields, "media", kind, uploads)
    return {**content, **caption_content(world, fields), **_spoiler(fields, kind)}


@method("sendMediaGroup")
async def send_media_group(world: World, params: Params) -> list[JSON]:
    try:
        media = params.decoded("media")
    except ValueError:
        raise bad("can't parse media JSON object") from None
    if not isinstance(media, list) or not media:
        raise bad("there are no messages to send")
    if len(media) > ALBUM_LIMIT:
        raise bad("too many messages to send as an album")
    kinds = {item.get("type") for item in media if isinstance(item, dict)}
    if "animation" in kinds:
        raise bad("can't parse InputMedia: type \"animation\" can't be used in sendMediaGroup")
    if len(kinds) > 1 and kinds & {"audio", "document"}:
        raise bad("documents and audios can't be mixed with other media types")
    album = {"media_group_id": world.next_album_id()}
    contents = []
    for place, item in enumerate(media, 1):
        try:
            contents.append({**album, **await media_content(world, item, params.files)})
        except Refusal as refusal:
            reason = refusal.description.removeprefix("Bad Request: ")
            raise bad(f'failed to send message #{place} with the error message "{reason}"') from None
    return put(world, params, *contents, what="media messages")


@method("getFile")
def get_file(world: World, params: Params) -> JSON:
    file_id = params.text("file_id")
    if not file_id:
        raise bad("file_id not specified")
    stored = world.files.find(file_id)
    if stored is None:
        raise bad("invalid file_id")
    if len(stored.data) > DOWNLOAD_LIMIT:
        raise bad("file is too big")
    return {**stored.ids(), "file_path": stored.path}
