# Warnings and sanitizers for our own code only: third-party targets never link this.
add_library(pinwheel_warnings INTERFACE)
target_compile_options(pinwheel_warnings INTERFACE -Wall -Wextra -Wpedantic -Wshadow)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # GCC 12 sees an overlap in `"text" + std::string` that cannot be there (GCC bug 105651).
  target_compile_options(pinwheel_warnings INTERFACE -Wno-restrict)
endif()
if(PINWHEEL_WARNINGS_AS_ERRORS)
  target_compile_options(pinwheel_warnings INTERFACE -Werror)
endif()
if(PINWHEEL_SANITIZE)
  # A report must fail the test that caused it, so undefined behaviour stops the program too.
  target_compile_options(pinwheel_warnings INTERFACE -fsanitize=${PINWHEEL_SANITIZE} -fno-sanitize-recover=all
                                                     -fno-omit-frame-pointer)
  target_link_options(pinwheel_warnings INTERFACE -fsanitize=${PINWHEEL_SANITIZE})
endif()
if(NOT EMSCRIPTEN)
  target_compile_options(pinwheel_warnings INTERFACE -ffunction-sections -fdata-sections)
endif()
