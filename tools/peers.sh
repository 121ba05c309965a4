#!/bin/sh
# The published programs that the tests set against ours, in .cache/peers. Fails by name if they cannot be had.
set -eu
cd "$(dirname "$0")/.."
have() { command -v "$1" >/dev/null 2>&1; }
if ! have node || ! have npm; then
    if [ "$(id -u)" != 0 ] || ! have apt-get; then
        echo "Node is missing: install the packages nodejs (18 or newer) and npm." >&2
        exit 1
    fi
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends nodejs npm >/dev/null
    have node && have npm || { echo "Node could not be installed." >&2; exit 1; }
fi
node -e 'process.exit(Number(process.versions.node.split(".")[0]) < 18 ? 1 : 0)' || { echo "Node 18 or newer is needed, this is $(node --version)." >&2; exit 1; }
# Node trusts its own list alone; a machine behind a proxy has its certificate in the system's.
certificates=/etc/ssl/certs/ca-certificates.crt
if [ -z "${NODE_EXTRA_CA_CERTS:-}" ] && [ -r "$certificates" ]; then export NODE_EXTRA_CA_CERTS="$certificates"; fi
mkdir -p .cache/peers
if cmp -s tests/peers/package.json .cache/peers/installed.json; then exit 0; fi
cp tests/peers/package.json .cache/peers/package.json
npm install --prefix .cache/peers --no-audit --no-fund --no-package-lock --ignore-scripts --loglevel=error >/dev/null \
    || { echo "The packages in tests/peers/package.json could not be installed with npm." >&2; exit 1; }
cp tests/peers/package.json .cache/peers/installed.json
