#!/bin/sh
# The browser that the tests drive, and a Chinese font for it. Fails by name if neither is there nor installable.
set -eu
have_font() { fc-list :lang=zh 2>/dev/null | grep -q .; }
have_browser() { command -v chromium >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1; }
if have_browser && have_font; then exit 0; fi
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
    echo "Chromium or a Chinese font is missing: install the packages chromium, fontconfig and fonts-noto-cjk." >&2
    exit 1
fi
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium fontconfig fonts-noto-cjk >/dev/null
have_browser || { echo "Chromium could not be installed." >&2; exit 1; }
have_font || { echo "A Chinese font could not be installed." >&2; exit 1; }
