"""The settings: environment variables ZICHA_… or a file zicha.toml, read once at start and passed down."""

import os
from pathlib import Path
from tempfile import TemporaryFile
from typing import Annotated, Any, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict
from pydantic_settings import TomlConfigSettingsSource as TomlSource

from checklists.plans import plan_ids
from storage.engine import UnknownDatabase, parse_url

FILE_VARIABLE = "ZICHA_SETTINGS"
_DEFAULT_FILE = "zicha.toml"


class WrongSettings(Exception):
    """The settings cannot be used; the text says in plain Chinese which one and why."""


class Settings(BaseSettings):
    """All settings of `zicha run`; the descriptions stand in the README's table."""

    model_config = SettingsConfigDict(env_prefix="ZICHA_", extra="forbid")

    token: SecretStr = Field(SecretStr(""), description="机器人令牌，从 @BotFather 取得")
    database_url: str = Field("sqlite:///data/zicha.db", description="数据库：sqlite:///文件 或 postgresql://…")
    data_folder: Path = Field(Path("data"), description="照片、语音存放的文件夹")
    zone_id: int = Field(1, ge=1, description="辖区编号，一个库里多个辖区时各不相同")
    zone_code: str = Field("ZC", pattern=r"^[A-Z0-9]{1,8}$", description="辖区代码，隐患编号的字头")
    zone_name: str = Field("本辖区", min_length=1, max_length=60, description="辖区名称，显示给企业")
    plan: str = Field("heelun-2024", description="所执行的行动方案")
    administrators: Annotated[tuple[int, ...], NoDecode] = Field(
        (), description="首任管理员的 Telegram 数字编号，可多个，用逗号隔开"
    )
    letter_templates: Path | None = Field(None, description="本单位自己的文书模板文件夹，见 docs/letters.md")
    proxy: str | None = Field(None, description="代理：http://… 或 socks5://…（大陆网络必填其一）")
    base_url: str | None = Field(None, description="自建 Bot API 服务器地址，不填就直连 Telegram")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="日志详细程度")

    @field_validator("administrators", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        return (
            [part for part in value.replace("，", ",").split(",") if part.strip()] if isinstance(value, str) else value
        )

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        try:
            parse_url(value)
        except UnknownDatabase as error:
            raise ValueError(str(error)) from None
        return value

    @field_validator("plan")
    @classmethod
    def _known_plan(cls, value: str) -> str:
        if value not in plan_ids():
            raise ValueError(f"没有这个方案，可选：{'、'.join(plan_ids())}")
        return value

    @field_validator("proxy")
    @classmethod
    def _known_proxy(cls, value: str | None) -> str | None:
        if value and not value.startswith(("http://", "https://", "socks4://", "socks5://")):
            raise ValueError("应以 http://、https://、socks4:// 或 socks5:// 开头")
        return value or None

    @field_validator("base_url")
    @classmethod
    def _known_server(cls, value: str | None) -> str | None:
        if value and not value.startswith(("http://", "https://")):
            raise ValueError("应以 http:// 或 https:// 开头")
        return value or None

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        file = Path(os.environ.get(FILE_VARIABLE, _DEFAULT_FILE))
        return init_settings, env_settings, TomlSource(settings_cls, toml_file=file)


def load(**given: Any) -> Settings:
    """The settings of this process; raises WrongSettings naming each wrong one, never its value."""
    try:
        return Settings(**given)
    except ValidationError as error:
        raise WrongSettings("\n".join(_sentence(problem) for problem in error.errors())) from None
    except ValueError as error:  # a zicha.toml that is no TOML
        raise WrongSettings(f"设置文件读不懂：{type(error).__name__}") from None


def problems(settings: Settings) -> list[str]:
    """What still keeps `zicha run` from starting, in plain Chinese; empty when all is well."""
    found = []
    if not settings.token.get_secret_value():
        found.append("没有机器人令牌：请设置 ZICHA_TOKEN（在 Telegram 里向 @BotFather 申请）")
    elif ":" not in settings.token.get_secret_value():
        found.append("机器人令牌不完整：应像 123456:ABC… 这样，中间有一个冒号")
    if not settings.administrators:
        found.append("没有首任管理员：请设置 ZICHA_ADMINISTRATORS（您的 Telegram 数字编号）")
    try:
        settings.data_folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=settings.data_folder):
            pass
    except OSError:
        found.append(f"文件夹不能写入：{settings.data_folder}")
    return found + _template_problems(settings.letter_templates)


def _template_problems(folder: Path | None) -> list[str]:
    if folder is None:
        return []
    if not folder.is_dir():
        return [f"ZICHA_LETTER_TEMPLATES：没有这个文件夹：{folder}"]
    # What reads Word files takes long to load; only who has templates of the own waits for it.
    from handlers.documents.letters import check_own_templates

    return check_own_templates(folder)


def _sentence(problem: Any) -> str:
    name = "ZICHA_" + "_".join(str(part) for part in problem["loc"][:1]).upper()
    if problem["type"] == "extra_forbidden":
        return f"不认识的设置：{problem['loc'][0]}"
    reason = str(problem.get("ctx", {}).get("error", "")) or "写法不对"
    return f"{name}：{reason}"
