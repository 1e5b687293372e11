"""Finds the Chromium of this machine, or installs the distribution's package (`python -m tests.browser.chromium`)."""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WARNING = """
======================================================================
  没有 Chromium：聊天页的浏览器测试不会运行！
  NO CHROMIUM: the browser tests of the chat page will NOT run!
  Install it (apt-get install chromium) or set ZICHA_CHROMIUM=/path.
======================================================================
"""


def in_ci() -> bool:
    return os.environ.get("CI", "").lower() in ("1", "true", "yes")


def find() -> str | None:
    """The path of a Chromium: ZICHA_CHROMIUM if it is set, else the first known name on the path."""
    names = [os.environ["ZICHA_CHROMIUM"]] if os.environ.get("ZICHA_CHROMIUM") else NAMES
    return next((found for found in map(shutil.which, names) if found), None)


def install() -> None:
    """Install Debian's package if that needs nobody's password; leaves things as they are otherwise."""
    apt = shutil.which("apt-get")
    if apt is None:
        return
    root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if root and (not shutil.which("sudo") or subprocess.run([*root, "true"], capture_output=True).returncode):
        return
    print("Installing the distribution's Chromium for the browser tests …", flush=True)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for step in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", "chromium", "fonts-noto-cjk"]):
        done = subprocess.run([*root, apt, *step], env=quiet, capture_output=True, text=True)
        if done.returncode:
            print(done.stderr.strip()[-1000:], file=sys.stderr)


def main() -> int:
    found = find()
    if found is None and not os.environ.get("ZICHA_CHROMIUM"):
        install()
        found = find()
    if found is None:
        print(WARNING, file=sys.stderr)
        return 1 if in_ci() else 0
    version = subprocess.run([found, "--version"], capture_output=True, text=True).stdout.strip()
    print(f"Browser tests use {found} ({version})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
