# Sourced by dev: the system's packages, and a Node that is new enough for the page's tools.

packages=(build-essential cmake ninja-build ccache pkg-config clang git ca-certificates xz-utils zlib1g-dev
  nlohmann-json3-dev libcli11-dev libstb-dev libgtest-dev libhdf5-dev libbenchmark-dev chromium fonts-dejavu-core python3)
# Versions of clang-format disagree with each other; later Debians have no 14, and there the layout goes unchecked.
if grep -qs '^VERSION_CODENAME=bookworm' /etc/os-release; then packages+=(clang-format-14 libclang-rt-14-dev); fi
readonly node_wanted=20.19 npm_wanted=11 node_package=22.23.3 npm_package=11.21.2

missing_packages() {
  local wanted=("${packages[@]}")
  command -v node >/dev/null || wanted+=(nodejs)
  command -v npm >/dev/null || wanted+=(npm)
  # Several architectures or versions of one package may be known; installed is installed.
  comm -23 <(printf '%s\n' "${wanted[@]}" | sort -u) \
    <(dpkg-query -W -f '${db:Status-Status} ${Package}\n' | awk '$1 == "installed" {print $2}' | sort -u)
}

install_packages() {
  as_root apt-get update
  # shellcheck disable=SC2046
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $(missing_packages)
}

private_node=$cache/node-$node_package-$npm_package

node_is_new_enough() {
  local node npm
  node=$(node --version 2>/dev/null) && npm=$(npm --version 2>/dev/null) &&
    version_at_least "${node#v}" $node_wanted && version_at_least "$npm" $npm_wanted
}

# The npm registry also serves Node itself, one package for each kind of machine.
install_node() {
  local kind
  case $(uname -m) in
    x86_64) kind=x64 ;;
    aarch64) kind=arm64 ;;
    *) die "no Node for $(uname -m): install Node $node_wanted or newer" ;;
  esac
  rm -rf "$private_node" && mkdir -p "$private_node/bin"
  echo '{"private": true}' >"$private_node/package.json"
  (cd "$private_node" && npm install --ignore-scripts --no-audit --no-fund \
    "node-linux-$kind@$node_package" "npm@$npm_package")
  ln -s "../node_modules/node-linux-$kind/bin/node" "$private_node/bin/node"
  ln -s ../node_modules/npm/bin/npm-cli.js "$private_node/bin/npm"
  ln -s ../node_modules/npm/bin/npx-cli.js "$private_node/bin/npx"
  chmod +x "$private_node"/node_modules/npm/bin/*-cli.js "$private_node/bin/node"
  "$private_node/bin/node" --version
  touch "$private_node/.complete"
}
