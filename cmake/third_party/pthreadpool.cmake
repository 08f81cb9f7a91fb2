# pthreadpool: on threads, or as a loop where the build has none.
#
# Its idle threads look for work a million times before they sleep: in code that a browser has only just compiled that
# is most of a second of a processor which the page and the compiler wait for. Some hundred microseconds bridge the gaps
# between layers as well.
set(source ${CMAKE_CURRENT_BINARY_DIR}/pthreadpool/src)
set(looks "SPIN_WAIT_ITERATIONS 1000000")
file(READ ${PTHREADPOOL_SOURCE}/src/threadpool-common.h common)
string(REPLACE "${looks}" "SPIN_WAIT_ITERATIONS 20000" patient "${common}")
if(patient STREQUAL common)
  message(FATAL_ERROR "pthreadpool no longer says '${looks}'")
endif()
file(COPY ${PTHREADPOOL_SOURCE}/src/ DESTINATION ${source})
file(WRITE ${source}/threadpool-common.h "${patient}")

set(sources legacy-api.c)
if(PINWHEEL_THREADS)
  list(APPEND sources portable-api.c memory.c pthreads.c)
else()
  list(APPEND sources shim.c)
endif()
list(TRANSFORM sources PREPEND ${source}/)
add_library(pthreadpool STATIC ${sources})
target_include_directories(pthreadpool SYSTEM PUBLIC ${PTHREADPOOL_SOURCE}/include)
target_include_directories(pthreadpool PRIVATE ${source} ${FXDIV_SOURCE}/include)
# Asking cpuinfo for the number of processors would be the only use of one more library: sysconf knows it too. And its
# futexes call the system to wake whoever sleeps, twice for each piece of work, although nobody does: 1 µs each, when a
# picture takes 20. A condition variable knows whether somebody waits for it.
target_compile_definitions(
  pthreadpool PRIVATE PTHREADPOOL_USE_CPUINFO=0 PTHREADPOOL_USE_FUTEX=0 $<$<PLATFORM_ID:Linux>:_GNU_SOURCE>)
target_compile_options(pthreadpool PRIVATE -O2)
if(PINWHEEL_THREADS AND NOT EMSCRIPTEN)
  find_package(Threads REQUIRED)
  target_link_libraries(pthreadpool PUBLIC Threads::Threads)
endif()
