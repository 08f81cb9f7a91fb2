# Compile through ccache where there is one; a caller's own launcher wins.
find_program(PINWHEEL_CCACHE ccache)
if(PINWHEEL_CCACHE)
  foreach(language C CXX)
    if(NOT CMAKE_${language}_COMPILER_LAUNCHER)
      set(CMAKE_${language}_COMPILER_LAUNCHER ${PINWHEEL_CCACHE})
    endif()
  endforeach()
endif()
