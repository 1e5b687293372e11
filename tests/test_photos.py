"""Photos lose what they tell about the person, keep every pixel, and are kept whole or not at all."""

import io
import os
import struct
import subprocess
import sys
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, ImageDraw, PngImagePlugin

from checklists.evidence import distance
from storage.files import NotKept, StorageFull
from storage.photo_segments import orientation_only, read_orientation
from storage.photos import Damage, Photo, PhotoStore, UnreadablePhoto, accept

SECRETS = [b"SampleCam 9", b"sample-xmp-place", b"sample-iptc-name", b"sample comment", b"sample-trailer", b"Exif-Note"]
FORMATS = st.sampled_from(["JPEG", "PNG", "WEBP"])
relaxed = settings(deadline=None, max_examples=40)


def scene(width: int = 96, height: int = 64, *, colour: str = "seagreen", mode: str = "RGB") -> Image.Image:
    picture = Image.linear_gradient("L").resize((width, height)).convert("RGB")
    pen = ImageDraw.Draw(picture)
    pen.rectangle((width // 8, height // 8, width // 2, height // 3), fill=colour)
    pen.ellipse((width // 2, height // 2, width - 1, height - 1), fill="white")
    return picture.convert(mode)


def exif(orientation: int) -> bytes:
    """Camera, place and orientation as a phone writes them."""
    block = Image.Exif()
    block[0x0110] = "SampleCam 9"
    block[0x0112] = orientation
    block[0x010E] = "Exif-Note"
    block.get_ifd(0x8825).update({1: "N", 2: (45.0, 43.0, 12.5), 3: "E", 4: (126.0, 38.0, 1.0)})
    return block.tobytes()


def segment(marker: int, payload: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(payload) + 2) + payload


def jpeg(
    picture: Image.Image, *, orientation: int = 1, extras: frozenset[str] = frozenset(), progressive: bool = False
) -> bytes:
    made = io.BytesIO()
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes() if "icc" in extras else None
    block = exif(orientation) if "exif" in extras else b""
    restart = 2 if "restart" in extras else 0
    picture.save(made, "JPEG", exif=block, icc_profile=profile, progressive=progressive, restart_marker_blocks=restart)
    data = made.getvalue()
    more = b""
    if "xmp" in extras:
        more += segment(0xE1, b"http://ns.adobe.com/xap/1.0/\x00<x>sample-xmp-place</x>")
    if "iptc" in extras:
        more += segment(0xED, b"Photoshop 3.0\x008BIM\x04\x04\x00\x00sample-iptc-name")
    if "comment" in extras:
        more += segment(0xFE, b"sample comment")
    trailer = b"sample-trailer\xff\xd8\xff" if "trailer" in extras else b""
    return data[:2] + more + data[2:] + trailer


def png(picture: Image.Image, *, orientation: int = 1) -> bytes:
    made, notes = io.BytesIO(), PngImagePlugin.PngInfo()
    notes.add_text("Comment", "sample comment")
    notes.add_itxt("XML:com.adobe.xmp", "sample-xmp-place")
    picture.save(made, "PNG", pnginfo=notes, exif=exif(orientation))
    return made.getvalue() + b"sample-trailer"


def webp(picture: Image.Image, *, orientation: int = 1) -> bytes:
    made = io.BytesIO()
    picture.save(made, "WEBP", lossless=True, exif=exif(orientation), xmp=b"sample-xmp-place")
    return made.getvalue() + b"sample-trailer"


def pixels(data: bytes) -> tuple[str, tuple[int, int], bytes]:
    with Image.open(io.BytesIO(data)) as picture:
        return picture.mode, picture.size, picture.tobytes()


def orientation_of(data: bytes) -> int:
    with Image.open(io.BytesIO(data)) as picture:
        return int(picture.getexif().get(0x0112, 1))


@relaxed
@given(
    extras=st.frozensets(st.sampled_from(["exif", "xmp", "iptc", "comment", "trailer", "icc", "restart"])),
    orientation=st.integers(1, 8),
    progressive=st.booleans(),
    mode=st.sampled_from(["RGB", "L", "CMYK"]),
    size=st.tuples(st.integers(1, 70), st.integers(1, 70)),
)
def test_a_jpeg_loses_its_notes_and_no_pixel(
    extras: frozenset[str], orientation: int, progressive: bool, mode: str, size: tuple[int, int]
) -> None:
    original = jpeg(scene(*size, mode=mode), orientation=orientation, extras=extras, progressive=progressive)

    photo = accept(original)

    assert pixels(photo.data) == pixels(original)
    assert not [secret for secret in SECRETS if secret in photo.data or secret in photo.preview]
    assert orientation_of(photo.data) == (orientation if "exif" in extras else 1)
    with Image.open(io.BytesIO(photo.data)) as kept:
        assert set(kept.getexif()) <= {0x0112}
        assert kept.getexif().get_ifd(0x8825) == {}
        assert ("icc_profile" in kept.info) == ("icc" in extras)
        assert "comment" not in kept.info and "photoshop" not in kept.info and "xmp" not in kept.info


@relaxed
@given(orientation=st.integers(1, 8), make=st.sampled_from([png, webp]), mode=st.sampled_from(["RGB", "RGBA"]))
def test_png_and_webp_lose_their_notes_and_no_pixel(orientation: int, make: object, mode: str) -> None:
    assert callable(make)
    original = make(scene(mode=mode), orientation=orientation)

    photo = accept(original)

    assert pixels(photo.data) == pixels(original)
    assert not [secret for secret in SECRETS if secret in photo.data or secret in photo.preview]
    assert orientation_of(photo.data) == orientation
    with Image.open(io.BytesIO(photo.data)) as kept:
        assert set(kept.getexif()) <= {0x0112}


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_preview_stands_upright(orientation: int) -> None:
    photo = accept(jpeg(scene(160, 80), orientation=orientation, extras=frozenset({"exif"})))

    upright = (80, 160) if orientation >= 5 else (160, 80)
    assert (photo.width, photo.height) == upright
    with Image.open(io.BytesIO(photo.preview)) as preview:
        assert preview.size == upright
        assert "exif" not in preview.info


@pytest.mark.parametrize(("orientation", "corner"), [(1, (2, 2)), (3, (157, 77)), (6, (77, 2)), (8, (2, 157))])
def test_the_preview_turns_the_right_way(orientation: int, corner: tuple[int, int]) -> None:
    picture = Image.new("RGB", (160, 80), "black")
    ImageDraw.Draw(picture).rectangle((0, 0, 24, 24), fill="white")
    photo = accept(jpeg(picture, orientation=orientation, extras=frozenset({"exif"})))

    with Image.open(io.BytesIO(photo.preview)) as preview:
        assert [at for at in ((2, 2), (157, 77), (77, 2), (2, 157)) if _is_white(preview, at)] == [corner]


def _is_white(picture: Image.Image, at: tuple[int, int]) -> bool:
    return at[0] < picture.width and at[1] < picture.height and picture.convert("L").getpixel(at) == 255


def test_a_preview_has_a_long_side_of_1280() -> None:
    photo = accept(jpeg(scene(4000, 3000)))
    assert (photo.width, photo.height) == (4000, 3000)
    with Image.open(io.BytesIO(photo.preview)) as preview:
        assert (preview.format, preview.size) == ("JPEG", (1280, 960))


def test_a_clean_photo_is_kept_byte_for_byte() -> None:
    clean = jpeg(scene())
    assert accept(clean).data == clean


def test_a_second_picture_inside_the_file_is_cut_away() -> None:
    made = io.BytesIO()
    scene().save(made, "MPO", save_all=True, append_images=[scene(colour="red")])
    photo = accept(made.getvalue())
    with Image.open(io.BytesIO(photo.data)) as kept:
        assert kept.format == "JPEG"
    assert len(photo.data) < len(made.getvalue()) / 2 + 200


UNPACKED = "照片打不开，可能没有传完整，请重新拍一张发来。"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "这不是能打开的照片，请发送手机拍的照片（JPEG、PNG或WebP）。"),
        (b"GIF89a" + b"\x00" * 40, "这不是能打开的照片，请发送手机拍的照片（JPEG、PNG或WebP）。"),
        (
            b"\x00\x00\x00\x18ftypheic" + b"\x00" * 40,
            "这种格式（HEIC或视频）打不开，请用“照片”方式发送，不要当作文件发送。",
        ),
        (b"\xff\xd8\xff", UNPACKED),
        (b"\xff\xd8\xff\xd9", UNPACKED),
        (b"\x89PNG\r\n\x1a\n", UNPACKED),
        (b"RIFF\x04\x00\x00\x00WEBP", UNPACKED),
        (b"\xff\xd8\xff" + b"\x00" * (20 * 1024 * 1024), "照片超过20MB，请换一张小一点的，或直接用手机拍照发送。"),
    ],
)
def test_what_is_no_photo_is_refused_in_plain_words(data: bytes, words: str) -> None:
    with pytest.raises(UnreadablePhoto) as refusal:
        accept(data)
    assert str(refusal.value) == words


def blank_png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, payload: bytes) -> bytes:
        return struct.pack(">I", len(payload)) + kind + payload + struct.pack(">I", zlib.crc32(kind + payload))

    rows = zlib.compress(b"\x00" * (height * (width // 8 + 1)), 9)
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [7200, 10_000, 30_000])
def test_a_small_file_that_unfolds_into_a_huge_picture_is_refused(side: int) -> None:
    bomb = blank_png(side, side)
    assert len(bomb) < 200_000
    with pytest.raises(UnreadablePhoto, match="照片尺寸过大"):
        accept(bomb)


def test_an_animation_is_refused() -> None:
    made = io.BytesIO()
    scene().save(made, "WEBP", save_all=True, append_images=[scene(colour="red")], duration=100)
    with pytest.raises(UnreadablePhoto, match="照片打不开"):
        accept(made.getvalue())


SAMPLES = {"JPEG": jpeg(scene(), extras=frozenset({"exif", "xmp"})), "PNG": png(scene()), "WEBP": webp(scene())}


@relaxed
@given(kind=FORMATS, share=st.floats(0, 0.9))
def test_a_photo_cut_short_is_never_kept(kind: str, share: float) -> None:
    whole = SAMPLES[kind].removesuffix(b"sample-trailer")
    with pytest.raises(UnreadablePhoto):
        accept(whole[: int(len(whole) * share)])


@settings(deadline=None, max_examples=150)
@given(kind=FORMATS, changes=st.lists(st.tuples(st.floats(0, 0.999), st.integers(0, 255)), min_size=1, max_size=6))
def test_a_damaged_photo_is_kept_clean_or_refused_kindly(kind: str, changes: list[tuple[float, int]]) -> None:
    data = bytearray(SAMPLES[kind])
    for share, value in changes:
        data[int(len(data) * share)] = value
    try:
        photo = accept(bytes(data))
    except UnreadablePhoto:
        return
    assert accept(photo.data).data == photo.data


@given(st.binary(max_size=64))
def test_any_bytes_have_an_orientation(tiff: bytes) -> None:
    assert read_orientation(b"II*\x00" + tiff) in range(1, 9)
    assert read_orientation(tiff) in range(1, 9)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_orientation_survives_its_own_notation(orientation: int) -> None:
    assert read_orientation(orientation_only(orientation)) == orientation


def test_the_same_photo_saved_again_is_recognised_and_another_is_not() -> None:
    made = io.BytesIO()
    scene(640, 480).resize((320, 240)).save(made, "JPEG", quality=40)
    first, again = accept(jpeg(scene(640, 480))), accept(made.getvalue())
    other = accept(jpeg(scene(640, 480).transpose(Image.Transpose.ROTATE_180)))

    assert first.sha256 != again.sha256
    assert distance(first.dhash, again.dhash) <= 6
    assert distance(first.dhash, other.dhash) > 12


@pytest.fixture
def photo() -> Photo:
    return accept(jpeg(scene()))


@pytest.fixture
def store(tmp_path: Path) -> PhotoStore:
    return PhotoStore(tmp_path / "photos")


def files(root: Path) -> list[str]:
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())


def test_a_photo_is_kept_under_its_content(tmp_path: Path, store: PhotoStore, photo: Photo) -> None:
    store.put(photo)
    store.put(photo)

    name = f"photos/{photo.sha256[:2]}/{photo.sha256[2:4]}/{photo.sha256}"
    assert files(tmp_path) == [f"{name}.jpg", f"{name}.preview.jpg"]
    assert store.open(photo.sha256) == photo.data
    assert store.preview(photo.sha256) == photo.preview
    assert store.verify() == []


@pytest.mark.parametrize(("make", "suffix"), [(png, ".png"), (webp, ".webp")])
def test_other_formats_keep_their_own_ending(tmp_path: Path, store: PhotoStore, make: object, suffix: str) -> None:
    assert callable(make)
    kept = accept(make(scene()))
    store.put(kept)
    assert {Path(name).name for name in files(tmp_path)} == {f"{kept.sha256}{suffix}", f"{kept.sha256}.preview.jpg"}
    assert store.open(kept.sha256) == kept.data
    assert store.verify() == []


def test_an_unknown_photo_is_not_found(store: PhotoStore) -> None:
    with pytest.raises(FileNotFoundError):
        store.open("0" * 64)
    with pytest.raises(ValueError, match="not a SHA-256"):
        store.open("../../etc/passwd")


def test_verify_names_what_changed(tmp_path: Path, store: PhotoStore, photo: Photo) -> None:
    store.put(photo)
    [original] = (tmp_path / "photos").rglob(f"{photo.sha256}.jpg")
    damaged = bytearray(photo.data)
    damaged[-10] ^= 1
    original.write_bytes(damaged)
    assert store.verify() == [Damage(sha256=photo.sha256, reason="照片内容已改变")]

    store.put(photo)
    assert store.verify() == []


def test_a_lost_preview_is_named_and_made_anew(tmp_path: Path, store: PhotoStore, photo: Photo) -> None:
    store.put(photo)
    [preview] = (tmp_path / "photos").rglob("*.preview.jpg")
    preview.unlink()
    assert store.verify() == [Damage(sha256=photo.sha256, reason="缺少预览图")]
    assert store.preview(photo.sha256) == photo.preview


def test_what_a_killed_process_left_is_swept(tmp_path: Path, store: PhotoStore, photo: Photo) -> None:
    store.put(photo)
    (tmp_path / "photos" / "incoming" / "half").write_bytes(b"\xff\xd8")
    store.sweep()
    assert len(files(tmp_path)) == 2


def test_a_folder_that_is_a_file_means_not_kept(tmp_path: Path, photo: Photo) -> None:
    (tmp_path / "photos").write_text("in the way")
    with pytest.raises(NotKept) as refusal:
        PhotoStore(tmp_path / "photos").put(photo)
    assert not isinstance(refusal.value, StorageFull)
    assert refusal.value.strerror == "没有保存：磁盘出错"


def test_many_hands_may_keep_the_same_photo_at_once(tmp_path: Path, store: PhotoStore, photo: Photo) -> None:
    with ThreadPoolExecutor(8) as hands:
        list(hands.map(store.put, [photo] * 40))
    assert len(files(tmp_path)) == 2
    assert store.verify() == []


KEEPER = """
import io, itertools, sys
from pathlib import Path
from PIL import Image
from storage.photos import PhotoStore, accept
store = PhotoStore(Path(sys.argv[1]))
for shade in itertools.count():
    made = io.BytesIO()
    Image.new("RGB", (64, 64), (shade % 256, shade // 256 % 256, 99)).save(made, "PNG")
    photo = accept(made.getvalue())
    store.put(photo)
    print(photo.sha256, flush=True)
"""


@pytest.mark.parametrize("told", [1, 3, 8, 21, 40])
def test_what_was_told_to_be_kept_survives_a_kill(tmp_path: Path, store: PhotoStore, told: int) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", KEEPER, str(tmp_path / "photos")],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[1],
    ) as keeper:
        assert keeper.stdout is not None
        kept = [keeper.stdout.readline().strip() for _ in range(told)]
        keeper.kill()
        kept += [line.strip() for line in keeper.stdout if len(line) == 65]
    store.sweep()
    assert [sha256 for sha256 in kept if not store.open(sha256)] == []
    assert store.verify() == []


CHILD = """
import resource, sys
from pathlib import Path
from storage.files import StorageFull
from storage.photos import PhotoStore, accept
photo = accept(sys.stdin.buffer.read())
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]),) * 2)
try:
    PhotoStore(Path(sys.argv[1])).put(photo)
except StorageFull as error:
    print(error.strerror)
"""


def noisy_jpeg() -> bytes:
    made = io.BytesIO()
    Image.effect_noise((1600, 1200), 90).convert("RGB").save(made, "JPEG", quality=95)
    return made.getvalue()


@pytest.mark.parametrize("limit", [0, 4096, 300_000])
def test_a_file_the_system_will_not_let_grow_leaves_nothing(tmp_path: Path, limit: int) -> None:
    child = subprocess.run(
        [sys.executable, "-c", CHILD, str(tmp_path), str(limit)],
        input=noisy_jpeg(),
        capture_output=True,
        check=True,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        cwd=Path(__file__).parents[1],
    )
    assert child.stdout.decode().strip() == "没有保存：磁盘已满"
    assert files(tmp_path) == []


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system of 4 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(command, capture_output=True).returncode != 0:
        pytest.skip("a small disk needs root and the right to mount; RLIMIT_FSIZE covers the rest")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_refuses_the_photo_keeps_the_earlier_ones_and_recovers(small_disk: Path, photo: Photo) -> None:
    store, big = PhotoStore(small_disk), accept(noisy_jpeg())
    store.put(photo)
    ballast = small_disk / "ballast"
    ballast.write_bytes(b"\x00" * 3_500_000)
    before = files(small_disk)

    with pytest.raises(StorageFull):
        store.put(big)
    assert files(small_disk) == before
    assert store.open(photo.sha256) == photo.data
    assert store.verify() == []

    ballast.unlink()
    store.put(big)
    assert store.open(big.sha256) == big.data
    assert store.verify() == []
