"""Bringing what a person sent from Telegram to the disk, before its transaction begins."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from bot.incoming import Read
from bot.telegram import TelegramBot
from handlers.answering import Kind
from handlers.routing import Upload
from handlers.services import Services
from storage.photos import MAX_BYTES, Photo, accept

# Opening a photo takes some hundred MB and both cores are wanted elsewhere.
_threads = ThreadPoolExecutor(2, thread_name_prefix="zicha-photo")


class TooLarge(Exception):
    """The file passes what a bot may fetch from Telegram, or what we take."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Fetched:
    """What came with an update, already safe on the disk where it is a photo or a voice note."""

    photo: Photo | None = None
    upload: Upload | None = None
    voice: str = ""


async def fetch(bot: TelegramBot, services: Services, read: Read) -> Fetched:
    """Fetch and keep the photo, voice note or file of an update.

    Raises TooLarge, storage.photos.UnreadablePhoto or NotKept (nothing was kept then), or PTB's NetworkError.
    """
    if not read.file_id or read.kind not in (Kind.PHOTO, Kind.VOICE, Kind.FILE):
        return Fetched()
    content = await _download(bot, read)
    if read.kind is Kind.FILE:
        return Fetched(upload=Upload(name=read.file_name, content=content))
    loop = asyncio.get_running_loop()
    if read.kind is Kind.VOICE:
        return Fetched(voice=await loop.run_in_executor(_threads, services.voices.put, content))
    return Fetched(photo=await loop.run_in_executor(_threads, _keep_photo, services, content))


async def _download(bot: TelegramBot, read: Read) -> bytes:
    if read.file_size > MAX_BYTES:
        raise TooLarge
    file = await bot.get_file(read.file_id)
    if (file.file_size or 0) > MAX_BYTES:
        raise TooLarge
    content = await file.download_as_bytearray()
    if len(content) > MAX_BYTES:
        raise TooLarge
    return bytes(content)


def _keep_photo(services: Services, content: bytes) -> Photo:
    photo = accept(content)
    services.photos.put(photo)
    return photo
