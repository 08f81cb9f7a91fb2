# Sourced by dev: everything that ./dev test runs. A failing suite never hides the next one: each adds its figures, and
# the last line is their sum. What is no list of cases (layout, types, a build) counts as one.

readonly test_steps=22
passed=0 failed=0

count() { # count PASSED FAILED
  passed=$((passed + $1))
  failed=$((failed + $2))
}

# check "what it does" command…: a step that counts as one test.
check() {
  step "$@"
  if [ $step_status = 0 ]; then count 1 0; else count 0 1; fi
}

# suite "what it does" KIND REPORT command…: a step that leaves a report with its cases; see count_tests.mjs.
suite() {
  local what=$1 kind=$2 report=$3 figures
  shift 3
  rm -rf "$report"
  step "$what" "$@"
  figures=$(node cmake/setup/count_tests.mjs "$kind" "$report" "$step_status")
  # shellcheck disable=SC2086
  count $figures
  printf '      %s passed, %s failed\n' $figures
}

cpp_sources() { git ls-files --cached --others --exclude-standard '*.cpp' '*.h' '*.c' '*.inc'; }
format_cpp() { cpp_sources | xargs clang-format-14 -i; }
check_format_cpp() {
  if ! command -v clang-format-14; then
    echo 'no clang-format-14 here: not checked'
    return
  fi
  cpp_sources | xargs clang-format-14 --dry-run -Werror
}

run_ctest() { # run_ctest PRESET
  rm -rf "build/$1/reports" && mkdir -p "build/$1/reports"
  ctest --test-dir "build/$1" -j "$jobs" --output-on-failure --no-tests=error --output-junit ctest.xml
}

# ctest_suite PRESET "what": tests of a tree that was just built; without a tree they all count as one failure.
ctest_suite() { suite "testing $2" ctest "build/$1/ctest.xml" run_ctest "$1"; }

# The suites that guard the kernels must notice a wrong one: exit 1 is a test that failed, more is a crash.
notices_broken_kernel() {
  local status=0
  "build/broken-kernel/tests/$1" --gtest_brief=1 || status=$?
  [ $status = 1 ] || { echo "$1 ended with $status on a kernel that is wrong on purpose; 1 was due"; return 1; }
}

# The page keeps a copy of the types that Embind writes, so that its own checks need no engine; their order varies.
compare_types() {
  diff <(sort web/src/engine/pinwheel.d.ts) <(sort build/wasm-simd/engine/pinwheel.d.ts)
}

run_npm() { (cd web && npm run "$@"); }
run_vitest() { run_npm test -- --reporter=default --reporter=json --outputFile="$root/build/vitest.json"; }
run_playwright() {
  PLAYWRIGHT_JSON_OUTPUT_FILE=$root/build/playwright.json run_npm e2e -- --reporter=list,json
}

run_suites() {
  local variant name
  export PINWHEEL_DATA=${PINWHEEL_DATA:-}
  check 'checking the layout of C++' check_format_cpp

  check 'building native, optimised' configure_and_build release
  ln -sfn release/pinwheel build/pinwheel
  ctest_suite release 'native, optimised'
  check 'building native with address and undefined-behaviour sanitizers' configure_and_build debug
  ctest_suite debug 'under the sanitizers'

  check 'building with a broken kernel' configure_and_build broken-kernel gradient parity golden
  for name in gradient parity golden; do
    check "does '$name' notice the broken kernel?" notices_broken_kernel $name
  done

  for variant in "${wasm_variants[@]}"; do
    check "building $variant" configure_and_build "$variant"
    ctest_suite "$variant" "$variant under node"
  done

  check 'installing npm packages' install_web
  check 'comparing the page'\''s types with the engine'\''s' compare_types
  check 'checking the layout and the rules of the page' run_npm lint
  check 'checking the types of the page' run_npm check
  suite 'testing the page without a browser' vitest build/vitest.json run_vitest
  check 'building the page' build_site
  suite 'testing the page in Chromium' playwright build/playwright.json run_playwright

  printf '\n%d passed, %d failed\n' "$passed" "$failed"
  [ "$failed" = 0 ]
}
