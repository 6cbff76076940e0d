#!/bin/sh
# Prints the Chromium that the browser tests use: OSTRAKA_CHROMIUM, else the system's. With --install it prints nothing, and
# where there is none installs it if it may (apt-get, as root), else says so in one line and fails.
set -eu

found() {
  if [ -n "${OSTRAKA_CHROMIUM:-}" ]; then
    [ -x "$OSTRAKA_CHROMIUM" ] || { echo "OSTRAKA_CHROMIUM=$OSTRAKA_CHROMIUM is no program" >&2; exit 1; }
    echo "$OSTRAKA_CHROMIUM"
    return
  fi
  for name in chromium chromium-browser google-chrome google-chrome-stable chrome; do
    if command -v "$name" 2>/dev/null; then return; fi
  done
  mac="/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
  if [ -x "$mac" ]; then echo "$mac"; return; fi
  return 1
}

if [ "${1:-}" != --install ]; then
  found || { echo "Found no Chromium for the browser tests; install it or name it with OSTRAKA_CHROMIUM" >&2; exit 1; }
elif ! found >/dev/null; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    mkdir -p build
    echo "installing Chromium for the browser tests (apt-get install chromium)"
    { apt-get -q update && DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends install chromium; } >build/chromium.log 2>&1 ||
      { echo "Cannot install Chromium (see build/chromium.log); install it or name it with OSTRAKA_CHROMIUM" >&2; exit 1; }
  else
    echo "Found no Chromium for the browser tests and may not install it; install it or name it with OSTRAKA_CHROMIUM" >&2
    exit 1
  fi
fi
