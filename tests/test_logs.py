"""The log: whatever writes it, a bot token never stands in it."""

import logging
import subprocess
import sys

from bot.logs import RedactingFormatter

TOKEN = "123456789:AAbbCCddEEffGGhhIIjjKKllMMnnOOppQQr"


def test_a_token_in_a_message_is_struck_out() -> None:
    record = logging.LogRecord("x", logging.INFO, "f", 1, "POST %s", (f"https://h/bot{TOKEN}/getMe",), None)
    assert RedactingFormatter("%(message)s").format(record) == "POST https://h/[token]/getMe"


def test_a_token_in_a_traceback_is_struck_out() -> None:
    try:
        raise RuntimeError(f"cannot reach /bot{TOKEN}/getUpdates")
    except RuntimeError:
        record = logging.LogRecord("x", logging.ERROR, "f", 1, "failed", (), sys.exc_info())
    text = RedactingFormatter("%(message)s").format(record)
    assert "cannot reach /[token]/getUpdates" in text
    assert TOKEN not in text


def test_the_libraries_are_quiet_even_when_we_are_not() -> None:
    program = (
        "import logging; from bot.logs import set_up_logging; set_up_logging('DEBUG');"
        "[logging.getLogger(n).info('%s speaks', n) for n in ('httpx', 'telegram.Bot', 'aiohttp.client', 'bot')]"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stderr.strip().endswith("INFO bot bot speaks")
    assert "httpx speaks" not in done.stderr
    assert "telegram.Bot speaks" not in done.stderr
