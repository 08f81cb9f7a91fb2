# Sourced by dev: third-party sources from Debian's archive, and the libraries built from them, once per variant.

# package, suite, file, SHA-256
readonly third_party_suite=trixie
readonly third_party_sources='
xnnpack     xnnpack_0.0~git20241108.4ea82e5.orig.tar.xz     90bde2caef0f880f627bab0dc805a86c4b8070cd98e3243db3046ab3f3be1a99
pthreadpool pthreadpool_0.0~git20240616.560c60d.orig.tar.xz 4cc3cbd933b28131d2a34edc54f76af9fb41bc490af5eae1a5bd3cd07ea90708
fxdiv       fxdiv_0.0~git20200417.b408327.orig.tar.xz       7953482badaf4cb34026c3487c257b8e4ab2df061c019bd6fabbbc12ad52c44b
zlib        zlib_1.3.dfsg+really1.3.1.orig.tar.gz           60dd315c07f616887caa029408308a018ace66e3d142726a97db164b3b8f69fb
'
sources=$cache/sources-$(cksum <<<"$third_party_sources" | cut -d' ' -f1)

have_sources() { [ -f "$sources/.complete" ]; }

fetch_sources() {
  local package file sum folder new=$sources.new
  foreign_suite $third_party_suite deb-src
  rm -rf "$new" && mkdir -p "$new/tar"
  while read -r package file sum; do
    if [ -z "$package" ]; then continue; fi
    (cd "$new/tar" && foreign_apt source --download-only --tar-only "$package")
    echo "$sum  $new/tar/$file" | sha256sum --check
    mkdir "$new/$package"
    tar -xf "$new/tar/$file" -C "$new/$package"
    # Some archives have a top folder, some do not; ours never has.
    folder=$(find "$new/$package" -mindepth 1 -maxdepth 1)
    if [ "$(wc -l <<<"$folder")" = 1 ]; then
      mv "$folder" "$new/unwrapped" && rmdir "$new/$package" && mv "$new/unwrapped" "$new/$package"
    fi
  done <<<"$third_party_sources"
  # The header-only libraries of the system, away from its C library's headers.
  mkdir "$new/headers"
  cp -rL /usr/include/nlohmann /usr/include/stb "$new/headers/"
  rm -rf "$new/tar" "$sources"
  touch "$new/.complete" && mv "$new" "$sources"
}

# The prefix of a variant: its name tells everything that went into it.
third_party_prefix() {
  local compiler
  case $1 in
    wasm-*) compiler=$(readlink -f "$root/build/emscripten") ;;
    *) compiler=$(cc --version 2>/dev/null | head -1) ;;
  esac
  local key
  key=$(cd "$root/cmake" && { cat variant.cmake; find third_party -type f -not -name pins.cmake -not -name system.cmake |
    LC_ALL=C sort | xargs cat; echo "$compiler $sources"; } | sha256sum | cut -c1-12)
  echo "$cache/third-party/$1-$key"
}

have_third_party() { [ -f "$(third_party_prefix "$1")/.complete" ]; }

build_third_party() {
  local variant=$1 prefix work toolchain=()
  prefix=$(third_party_prefix "$variant")
  work=$root/build/third-party-work/$variant
  case $variant in wasm-*) toolchain=(-DCMAKE_TOOLCHAIN_FILE="$root/cmake/emscripten.cmake") ;; esac
  cmake -S "$root/cmake/third_party" -B "$work" -G Ninja -DCMAKE_BUILD_TYPE=Release "${toolchain[@]}" \
    -DPINWHEEL_VARIANT="$variant" -DXNNPACK_SOURCE="$sources/xnnpack" -DPTHREADPOOL_SOURCE="$sources/pthreadpool" \
    -DFXDIV_SOURCE="$sources/fxdiv" -DZLIB_SOURCE="$sources/zlib" -DHEADERS_SOURCE="$sources/headers" \
    -DGOOGLETEST_SOURCE=/usr/src/googletest/googletest
  cmake --build "$work" -j "$jobs"
  rm -rf "$prefix"
  cmake --install "$work" --prefix "$prefix"
  touch "$prefix/.complete"
  rm -rf "$work"
}

# build/third-party/<variant> is where CMake looks, with or without dev.
link_third_party() {
  mkdir -p "$root/build/third-party"
  ln -sfn "$(third_party_prefix "$1")" "$root/build/third-party/$1"
  ln -sfn "$sources" "$root/build/third-party/sources" # the page quotes their licences
}
