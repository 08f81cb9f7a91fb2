# Sourced by dev. An Emscripten of 3.1.69 or newer: the one on PATH, the system's package, or a private one in the cache.
# The private one mixes suites without touching the machine: Emscripten itself is the same files on every architecture
# and comes from the suite that has it, clang and lld are the machine's own, and Binaryen runs on a C library of its own.

readonly emscripten_version=3.1.69 emscripten_package='3.1.69+dfsg-3' binaryen_package='120-4' emscripten_llvm=19
readonly emscripten_suite=trixie

# Prints the folder that holds emcc, or fails when there is none yet.
find_emscripten() {
  local emcc private=$cache/emscripten-$emscripten_version-1/usr/share/emscripten
  if emcc=$(command -v emcc) && version_at_least "$(emcc -dumpversion 2>/dev/null)" $emscripten_version; then
    local real
    real=$(readlink -f "$emcc")
    # Debian's /usr/bin/emcc is a wrapper beside which the tool chain file does not lie.
    [ -d "${real%/*}/cmake" ] && echo "${real%/*}" || echo /usr/share/emscripten
  elif [ -f "$private/.complete" ]; then
    echo "$private"
  else
    return 1
  fi
}

install_emscripten() {
  local candidate
  candidate=$(apt-cache policy emscripten 2>/dev/null | awk '/Candidate:/ {print $2}')
  if version_at_least "${candidate%%[+~]*}" $emscripten_version; then
    as_root apt-get install -y --no-install-recommends emscripten
    return
  fi
  [ "$(uname -m)" = x86_64 ] || die 'this machine has no Emscripten package: install emsdk and put emcc on PATH'
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
    clang-$emscripten_llvm lld-$emscripten_llvm llvm-$emscripten_llvm patchelf

  local final=$cache/emscripten-$emscripten_version-1 prefix=$cache/emscripten-new.$$
  rm -rf "$prefix" && mkdir -p "$prefix/debs" "$prefix/unpacked"
  foreign_suite $emscripten_suite deb
  (cd "$prefix/debs" && foreign_apt download "emscripten=$emscripten_package" "binaryen=$binaryen_package" \
    libc6 libstdc++6 libgcc-s1)
  dpkg-deb -x "$prefix"/debs/emscripten_*.deb "$prefix"
  local deb
  for deb in "$prefix"/debs/{binaryen,libc6,libstdc++6,libgcc-s1}_*.deb; do dpkg-deb -x "$deb" "$prefix/unpacked"; done

  # Binaryen was linked with a newer C library than this system's: give its programs their own loader and libraries.
  # The loader's path must be absolute, so the tree is patched where it will stay.
  rm -rf "$final" && mv "$prefix" "$final" && prefix=$final
  mkdir -p "$prefix/binaryen/bin" "$prefix/binaryen/lib"
  cp -a "$prefix"/unpacked/usr/bin/wasm* "$prefix/binaryen/bin/"
  local library
  for library in ld-linux-x86-64.so.2 libc.so.6 libm.so.6 libgcc_s.so.1 libstdc++.so.6 libbinaryen.so; do
    cp "$(find "$prefix/unpacked" -type f -not -path '*/share/*' -name "$library*")" "$prefix/binaryen/lib/$library"
  done
  local program
  for program in "$prefix"/binaryen/bin/*; do
    patchelf --set-interpreter "$prefix/binaryen/lib/ld-linux-x86-64.so.2" --set-rpath '$ORIGIN/../lib' "$program"
  done
  patchelf --set-rpath '$ORIGIN' "$prefix/binaryen/lib/libbinaryen.so"
  "$prefix/binaryen/bin/wasm-opt" --version
  rm -rf "$prefix/unpacked" "$prefix/debs"

  local root=$prefix/usr/share/emscripten
  rm -rf "${root:?}/test" "${root:?}/docs"
  cat >"$root/.emscripten" <<EOF
EMSCRIPTEN_ROOT = '$root'
LLVM_ROOT = '/usr/bin'
LLVM_ADD_VERSION = '$emscripten_llvm'
CLANG_ADD_VERSION = '$emscripten_llvm'
BINARYEN_ROOT = '$prefix/binaryen'
NODE_JS = '$(command -v node)'
CACHE = '$root/cache'
EOF
  # acorn shrinks the module's JavaScript; tsc writes the types for --emit-tsd.
  [ -f "$root/package.json" ] || echo '{"private": true}' >"$root/package.json"
  (cd "$root" && npm install --no-save --ignore-scripts --no-audit --no-fund acorn@8 typescript@5)
  touch "$root/.complete"
}
