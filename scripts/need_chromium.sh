#!/bin/sh
# Chromium and Chinese letters for `make test-browser`: installed on Debian if we are root, else named.
set -eu
letters() { ! command -v dpkg >/dev/null || dpkg -s fonts-noto-cjk >/dev/null 2>&1; }

if [ -x "$CHROMIUM" ] && letters; then exit 0; fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -qq --yes --no-install-recommends chromium fonts-noto-cjk >/dev/null
fi
if [ ! -x "$CHROMIUM" ]; then
    echo "no browser at $CHROMIUM: apt-get install chromium fonts-noto-cjk, or make test-browser CHROMIUM=/path/to/chromium" >&2
    exit 1
fi
