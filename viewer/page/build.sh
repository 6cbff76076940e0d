#!/bin/sh
# Builds the page into viewer/page/dist, and does nothing if dist is newer than all its sources. `npm run check` tests it.
set -eu
cd "$(dirname "$0")"

if [ -f dist/index.html ] &&
   [ -z "$(find src public index.html vite.config.ts tsconfig.json package.json package-lock.json -newer dist/index.html -print -quit)" ]; then
  exit 0
fi

if ! command -v npm >/dev/null 2>&1; then
  echo "Cannot build the page: npm is not on the path; install Node.js 20.19 or newer" >&2
  exit 1
fi

# npm writes this file last of all, so an install that was cut short is done again.
if [ ! -f node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
  npm ci --silent --no-audit --no-fund || { echo "Cannot build the page: npm ci failed in viewer/page; run it there to see why" >&2; exit 1; }
  touch node_modules/.package-lock.json
fi

npm run --silent build -- --logLevel warn
touch dist/index.html
