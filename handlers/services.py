"""What handlers reach besides the database: the photo store and facts of the running bot."""

from dataclasses import dataclass
from pathlib import Path

from storage.photos import PhotoStore
from storage.voices import VoiceStore


@dataclass(frozen=True, kw_only=True, slots=True)
class Services:
    """Given to every handler; nothing in it talks to Telegram."""

    photos: PhotoStore
    voices: VoiceStore
    bot_name: str
    letter_templates: Path | None = None

    def making_of(self, zone_id: int) -> Path:
        """The folder for long files of a zone while they are made and sent; swept at every start of its bot."""
        return self.photos.root.parent / "making" / str(zone_id)

    def deep_link(self, payload: str) -> str:
        """The t.me link that opens the bot with `/start payload`."""
        return f"https://t.me/{self.bot_name}?start={payload}"
