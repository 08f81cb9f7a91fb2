# Tool chain file of the wasm presets: finds Emscripten (EMSCRIPTEN_ROOT, build/emscripten as `./dev setup` links it, or
# emcc on PATH) and hands over to its own tool chain file.
set(root "$ENV{EMSCRIPTEN_ROOT}")
set(linked ${CMAKE_CURRENT_LIST_DIR}/../build/emscripten)
if(NOT root AND EXISTS ${linked})
  file(REAL_PATH ${linked} root)
endif()
if(NOT root)
  find_program(emcc emcc)
  if(NOT emcc)
    message(FATAL_ERROR "No Emscripten: run ./dev setup, or put an emcc of 3.1.69 or newer on PATH")
  endif()
  file(REAL_PATH ${emcc} emcc)
  get_filename_component(root ${emcc} DIRECTORY)
endif()
# try_compile reads this file again, without our variables.
set(ENV{EMSCRIPTEN_ROOT} ${root})
include(${root}/cmake/Modules/Platform/Emscripten.cmake)

# Node runs relaxed SIMD only behind a flag up to version 20, and knows no such flag after it left the experiment.
set(node ${CMAKE_CROSSCOMPILING_EMULATOR})
list(GET node 0 node_program)
execute_process(COMMAND ${node_program} --experimental-wasm-relaxed-simd --version
                RESULT_VARIABLE refused OUTPUT_QUIET ERROR_QUIET)
if(NOT refused)
  set(CMAKE_CROSSCOMPILING_EMULATOR ${node_program} --experimental-wasm-relaxed-simd)
endif()
