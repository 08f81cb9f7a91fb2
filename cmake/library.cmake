# pinwheel_library(nn PRIVATE third_party::json)
#   makes pinwheel_nn out of the folder's *.cpp. Code includes by folder: #include "nn/spec.h".
#   The other folders that it sees come from arrows.cmake; PRIVATE are targets that only its own sources see.
# pinwheel_library(nn SMALL HOT half.cpp PRIVATE third_party::json)
#   SMALL: no time is spent in this code, so for the web, where it has to travel, it is compiled for size; all but HOT.
# A folder without sources becomes an INTERFACE library, so a tree in the making configures.
include(arrows)

# Compiles a target for size on the web, except for some of its files.
function(pinwheel_small target)
  if(EMSCRIPTEN AND CMAKE_BUILD_TYPE STREQUAL "Release")
    target_compile_options(${target} PRIVATE -Os)
    foreach(file ${ARGN})
      set_property(SOURCE ${CMAKE_CURRENT_SOURCE_DIR}/${file} APPEND PROPERTY COMPILE_OPTIONS -O3)
    endforeach()
  endif()
endfunction()

function(pinwheel_library name)
  cmake_parse_arguments(arg "SMALL" "" "HOT;PRIVATE" ${ARGN})
  set(depends ${arrows_${name}})
  list(TRANSFORM depends PREPEND pinwheel_)
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  if(sources)
    add_library(pinwheel_${name} STATIC ${sources})
    target_include_directories(pinwheel_${name} PUBLIC ${PROJECT_SOURCE_DIR}/core)
    target_link_libraries(pinwheel_${name} PUBLIC ${depends} PRIVATE ${arg_PRIVATE} pinwheel_warnings)
    if(arg_SMALL)
      pinwheel_small(pinwheel_${name} ${arg_HOT})
    endif()
  else()
    add_library(pinwheel_${name} INTERFACE)
    target_include_directories(pinwheel_${name} INTERFACE ${PROJECT_SOURCE_DIR}/core)
    target_link_libraries(pinwheel_${name} INTERFACE ${depends})
  endif()
endfunction()
