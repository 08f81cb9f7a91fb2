# Names third-party code as third_party::<name>, whatever place it comes from:
#   1. PINWHEEL_THIRD_PARTY_DIR, a prefix that `./dev setup` built once for this variant (include/ and lib/);
#      build/third-party/<variant> is where it leaves a link to it;
#   2. the system, for header-only and common libraries of a native build;
#   3. the pinned sources of third_party/pins.cmake, downloaded and built here.
set(PINWHEEL_THIRD_PARTY_DIR "" CACHE PATH "prefix with prebuilt third-party libraries of this variant")
set(prefix ${PINWHEEL_THIRD_PARTY_DIR})
if(NOT prefix AND EXISTS ${PROJECT_SOURCE_DIR}/build/third-party/${PINWHEEL_VARIANT}/lib)
  set(prefix ${PROJECT_SOURCE_DIR}/build/third-party/${PINWHEEL_VARIANT})
endif()
if(EMSCRIPTEN)
  # The variant's flags say it all, and CMake's own check takes seconds to find nothing.
  add_library(Threads::Threads INTERFACE IMPORTED)
else()
  set(THREADS_PREFER_PTHREAD_FLAG ON)
  find_package(Threads REQUIRED)
endif()

# A SYSTEM include path keeps their warnings out of our -Werror.
function(third_party_alias name)
  cmake_parse_arguments(arg "" "INCLUDE;LIBRARY" "LINK" ${ARGN})
  add_library(third_party_${name} INTERFACE)
  add_library(third_party::${name} ALIAS third_party_${name})
  if(arg_INCLUDE)
    target_include_directories(third_party_${name} SYSTEM INTERFACE ${arg_INCLUDE})
  endif()
  target_link_libraries(third_party_${name} INTERFACE ${arg_LIBRARY} ${arg_LINK})
endfunction()

if(prefix)
  message(STATUS "Third-party libraries: ${prefix}")
  third_party_alias(pthreadpool INCLUDE ${prefix}/include LIBRARY ${prefix}/lib/libpthreadpool.a LINK Threads::Threads)
  third_party_alias(xnnpack INCLUDE ${prefix}/include LIBRARY ${prefix}/lib/libxnnpack.a LINK third_party::pthreadpool)
else()
  add_subdirectory(${CMAKE_CURRENT_LIST_DIR}/third_party ${PROJECT_BINARY_DIR}/third_party EXCLUDE_FROM_ALL)
  third_party_alias(pthreadpool LINK pthreadpool)
  third_party_alias(xnnpack LINK xnnpack)
endif()

if(EMSCRIPTEN AND prefix)
  # The headers lie in the prefix because /usr/include on the search path would hide Emscripten's own libc.
  third_party_alias(json INCLUDE ${prefix}/include)
  third_party_alias(stb INCLUDE ${prefix}/include/stb)
  third_party_alias(zlib INCLUDE ${prefix}/include LIBRARY ${prefix}/lib/libz.a)
  third_party_alias(gtest INCLUDE ${prefix}/include LIBRARY ${prefix}/lib/libgtest.a)
  third_party_alias(gtest_main LIBRARY ${prefix}/lib/libgtest_main.a LINK third_party::gtest)
else()
  include(third_party/system)
endif()
