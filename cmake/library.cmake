# pinwheel_library(nn PRIVATE third_party::json)
#   makes pinwheel_nn out of the folder's *.cpp. Code includes by folder: #include "nn/spec.h".
#   The other folders that it sees come from arrows.cmake; PRIVATE are targets that only its own sources see.
# A folder without sources becomes an INTERFACE library, so a tree in the making configures.
include(arrows)

function(pinwheel_library name)
  cmake_parse_arguments(arg "" "" "PRIVATE" ${ARGN})
  set(depends ${arrows_${name}})
  list(TRANSFORM depends PREPEND pinwheel_)
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  if(sources)
    add_library(pinwheel_${name} STATIC ${sources})
    target_include_directories(pinwheel_${name} PUBLIC ${PROJECT_SOURCE_DIR}/core)
    target_link_libraries(pinwheel_${name} PUBLIC ${depends} PRIVATE ${arg_PRIVATE} pinwheel_warnings)
  else()
    add_library(pinwheel_${name} INTERFACE)
    target_include_directories(pinwheel_${name} INTERFACE ${PROJECT_SOURCE_DIR}/core)
    target_link_libraries(pinwheel_${name} INTERFACE ${depends})
  endif()
endfunction()
