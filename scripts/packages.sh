# Sourced by scripts/run and scripts/test: Debian packages, installed when missing and named when they are.

BUILD_PACKAGES="g++ cmake ninja-build pkg-config ccache mold
  libisal-dev libzstd-dev liblzma-dev libbz2-dev libssl-dev libvectorscan-dev libre2-dev libsqlite3-dev libsimdjson-dev
  nlohmann-json3-dev libyaml-cpp-dev libcurl4-openssl-dev libcli11-dev libfmt-dev libutf8proc-dev
  libyara-dev libexpat1-dev"

TEST_PACKAGES="dpkg-dev libgtest-dev libgmock-dev libarchive-dev libbenchmark-dev libucl-dev clang libclang-rt-14-dev python3 python3-jsonschema
  rpm sqlite3 zstd pigz openssl curl ca-certificates binutils ruby golang-go rustc composer
  docker.io iptables docker-registry skopeo apache2-utils mmdebstrap debian-archive-keyring zsh"

as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif command -v sudo >/dev/null 2>&1; then
    sudo "$@"
  else
    echo "this needs root: $*" >&2
    return 1
  fi
}

# install_packages NAME…: says what is missing, then installs it. Quick when nothing is.
install_packages() {
  local missing="" package
  for package in "$@"; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing="$missing $package"
  done
  [ -n "$missing" ] || return 0
  echo "Installing Debian packages:$missing" >&2
  as_root apt-get update -qq >&2
  # Services that come with a package (dockerd, a registry) are not wanted: the tests start their own.
  local policy=/usr/sbin/policy-rc.d made=""
  if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
    as_root chmod 755 "$policy"
    made=yes
  fi
  local status=0
  # shellcheck disable=SC2086
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >&2 || status=$?
  [ -z "$made" ] || as_root rm -f "$policy"
  return $status
}
