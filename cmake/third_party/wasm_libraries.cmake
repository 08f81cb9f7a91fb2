# What a native build takes from the system and WebAssembly cannot: zlib and GoogleTest compiled, header-only libraries
# put beside them. Their own include folder, not /usr/include, must be on the search path.
set(z ${ZLIB_SOURCE})
add_library(z STATIC ${z}/adler32.c ${z}/compress.c ${z}/crc32.c ${z}/deflate.c ${z}/infback.c ${z}/inffast.c
                     ${z}/inflate.c ${z}/inftrees.c ${z}/trees.c ${z}/uncompr.c ${z}/zutil.c)
target_compile_options(z PRIVATE -O2)
install(TARGETS z ARCHIVE DESTINATION lib)
install(FILES ${z}/zlib.h ${z}/zconf.h DESTINATION include)

set(g ${GOOGLETEST_SOURCE})
add_library(gtest STATIC ${g}/src/gtest-all.cc)
add_library(gtest_main STATIC ${g}/src/gtest_main.cc)
foreach(library gtest gtest_main)
  target_include_directories(${library} PUBLIC ${g}/include PRIVATE ${g})
  target_compile_options(${library} PRIVATE -O1)
  target_compile_definitions(${library} PUBLIC GTEST_HAS_PTHREAD=$<BOOL:${PINWHEEL_THREADS}>)
endforeach()
install(TARGETS gtest gtest_main ARCHIVE DESTINATION lib)
install(DIRECTORY ${g}/include/gtest DESTINATION include)

install(DIRECTORY ${HEADERS_SOURCE}/nlohmann ${HEADERS_SOURCE}/stb DESTINATION include)
