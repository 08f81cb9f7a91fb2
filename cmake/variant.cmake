# The machines that we build for. A variant fixes the flags that our code and third-party code must share, because
# WebAssembly objects with and without threads do not link together and TSan must see every synchronisation.
#   native, native-tsan, wasm-relaxed-threads, wasm-simd-threads, wasm-simd
include_guard()
if(EMSCRIPTEN)
  set(PINWHEEL_VARIANT wasm-simd CACHE STRING "WebAssembly variant")
else()
  set(PINWHEEL_VARIANT native CACHE STRING "native or native-tsan")
endif()
set(PINWHEEL_THREADS ON)
set(PINWHEEL_RELAXED_SIMD OFF)

# A network comes out the same, bit for bit, in the tab and on the command line: a multiplication and an addition are
# fused where the code says so, not where a compiler likes to.
add_compile_options(-ffp-contract=off)

if(PINWHEEL_VARIANT MATCHES "^wasm-")
  if(NOT EMSCRIPTEN)
    message(FATAL_ERROR "${PINWHEEL_VARIANT} needs the Emscripten tool chain: use the preset of the same name")
  endif()
  # Embind and our errors cross frames by native WebAssembly exceptions; the older scheme goes through JavaScript.
  add_compile_options(-msimd128 -fwasm-exceptions)
  add_link_options(-fwasm-exceptions)
  if(PINWHEEL_VARIANT MATCHES "relaxed")
    set(PINWHEEL_RELAXED_SIMD ON)
    add_compile_options(-mrelaxed-simd)
    add_link_options(-mrelaxed-simd)
  endif()
  if(PINWHEEL_VARIANT MATCHES "-threads$")
    add_compile_options(-pthread)
    add_link_options(-pthread)
  else()
    set(PINWHEEL_THREADS OFF)
  endif()
elseif(PINWHEEL_VARIANT STREQUAL "native-tsan")
  add_compile_options(-fsanitize=thread -g)
  add_link_options(-fsanitize=thread)
endif()
