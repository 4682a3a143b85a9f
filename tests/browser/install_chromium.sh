#!/usr/bin/env bash
# Install Debian's Chromium without a window, for `make test-browser`, where neither it nor the
# whole browser is there. Needs root or sudo.
set -euo pipefail
if [ -x /usr/bin/chromium-headless-shell ] || [ -x /usr/bin/chromium ]; then
  exit 0
fi
if ! command -v apt-get > /dev/null; then
  echo "make test-browser needs /usr/bin/chromium-headless-shell;" \
    "this system has no apt-get to install it" >&2
  exit 1
fi
as_root=()
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo > /dev/null; then
    echo "make test-browser needs Debian's package chromium-headless-shell:" \
      "run 'apt-get install chromium-headless-shell' as root" >&2
    exit 1
  fi
  as_root=(sudo)
fi
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get update -q
"${as_root[@]}" apt-get install -y -q --no-install-recommends chromium-headless-shell \
  fonts-dejavu-core
