"""Settings: where they come from, and what a wrong one says, in plain Chinese and without its value."""

from pathlib import Path

import pytest

from bot.settings import WrongSettings, load, problems

GOOD = {"token": "123456:ABCDEFGHIJKLMNOPQRSTUVWXYZ012345678", "administrators": (77,)}


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("TOKEN", "ADMINISTRATORS", "PLAN", "PROXY", "DATABASE_URL", "SETTINGS"):
        monkeypatch.delenv(f"ZICHA_{name}", raising=False)
    monkeypatch.chdir(tmp_path)


def test_the_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZICHA_TOKEN", "1:a")
    monkeypatch.setenv("ZICHA_ADMINISTRATORS", "77，88, 99")
    monkeypatch.setenv("ZICHA_PLAN", "dongli-2024")
    settings = load()
    assert settings.token.get_secret_value() == "1:a"
    assert settings.administrators == (77, 88, 99)
    assert settings.plan == "dongli-2024"


def test_a_file_is_read_and_the_environment_wins(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "zicha.toml").write_text('zone_name = "滨河开发区"\nzone_code = "BH"\nadministrators = [77]\n', "utf-8")
    monkeypatch.setenv("ZICHA_ZONE_CODE", "ZZ")
    settings = load()
    assert (settings.zone_name, settings.zone_code, settings.administrators) == ("滨河开发区", "ZZ", (77,))


def test_another_file_can_be_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "other.toml").write_text('zone_name = "南湾街道"\n', "utf-8")
    monkeypatch.setenv("ZICHA_SETTINGS", str(tmp_path / "other.toml"))
    assert load().zone_name == "南湾街道"


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("plan", "nowhere-2020", "ZICHA_PLAN：没有这个方案，可选："),
        ("proxy", "127.0.0.1:1080", "ZICHA_PROXY：应以 http://、https://、socks4:// 或 socks5:// 开头"),
        ("base_url", "bot.local", "ZICHA_BASE_URL：应以 http:// 或 https:// 开头"),
        (
            "database_url",
            "mysql://u:secret@h/d",
            "ZICHA_DATABASE_URL：数据库地址写法不对，应为 sqlite:///文件 或 postgresql://…",
        ),
        ("zone_code", "滨河", "ZICHA_ZONE_CODE：写法不对"),
        ("administrators", "王厂长", "ZICHA_ADMINISTRATORS：写法不对"),
        ("zonename", "x", "不认识的设置：zonename"),
    ],
)
def test_a_wrong_setting_is_named_in_plain_words(name: str, value: str, sentence: str) -> None:
    with pytest.raises(WrongSettings) as caught:
        load(**{name: value})
    assert str(caught.value).startswith(sentence)
    assert "secret" not in str(caught.value)


def test_what_is_missing_for_a_start_is_said() -> None:
    assert problems(load()) == [
        "没有机器人令牌：请设置 ZICHA_TOKEN（在 Telegram 里向 @BotFather 申请）",
        "没有首任管理员：请设置 ZICHA_ADMINISTRATORS（您的 Telegram 数字编号）",
    ]
    assert problems(load(token="123456", administrators=(1,))) == [
        "机器人令牌不完整：应像 123456:ABC… 这样，中间有一个冒号"
    ]
    assert problems(load(**GOOD)) == []


def test_a_folder_that_cannot_be_written_is_said() -> None:
    assert problems(load(**GOOD, data_folder=Path("/proc/zicha"))) == ["文件夹不能写入：/proc/zicha"]


def test_the_token_is_not_in_the_text_of_the_settings() -> None:
    assert "ABCDEFGHIJ" not in repr(load(**GOOD))
