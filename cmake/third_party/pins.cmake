# Where pinned third-party sources come from on systems for which `./dev setup` has no packages. An archive named by a
# commit id is as fixed as the id; released archives carry their SHA-256.
include(FetchContent)
set(github https://github.com)
function(pin name url)
  set(hash)
  if(ARGN)
    set(hash URL_HASH SHA256=${ARGN})
  endif()
  FetchContent_Declare(${name} URL ${github}/${url} ${hash} DOWNLOAD_EXTRACT_TIMESTAMP ON)
endfunction()
pin(xnnpack google/XNNPACK/archive/4ea82e595b36106653175dcb04b2aa532660d0d8.tar.gz)
pin(pthreadpool Maratyszcza/pthreadpool/archive/560c60d342a76076f0557a3946924c6478470044.tar.gz)
pin(fxdiv Maratyszcza/FXdiv/archive/b408327ac2a15ec3e43352421954f5b1967701d1.tar.gz)
pin(stb nothings/stb/archive/5c205738c191bcb0abc65c4febfa9bd25ff35234.tar.gz)
pin(zlib madler/zlib/releases/download/v1.3.1/zlib-1.3.1.tar.gz
    9a93b2b7dfdac77ceba5a558a580e74667dd6fede4585b91eefb60f03b72df23)
pin(json nlohmann/json/releases/download/v3.11.3/json.tar.xz
    d6c65aca6b1ed68e7a182f4757257b107ae403032760ed6ef121c9d55e81757d)
pin(cli11 CLIUtils/CLI11/archive/refs/tags/v2.3.2.tar.gz
    aac0ab42108131ac5d3344a9db0fdf25c4db652296641955720a4fbe52334e22)
pin(googletest google/googletest/archive/refs/tags/v1.14.0.tar.gz
    8ad598c73ad796e0d8280b082cebd82a630d73e73cd3c70057938a6501bba5d7)

# Downloads and unpacks; where the project has a CMakeLists.txt that we can use, adds its targets too.
macro(pinwheel_fetch name)
  FetchContent_MakeAvailable(${name})
endmacro()

# Only unpacks: XNNPACK, pthreadpool and FXdiv are compiled by our own lists, never by their own CMake files.
function(pinwheel_fetch_sources name)
  FetchContent_GetProperties(${name})
  if(NOT ${name}_POPULATED)
    FetchContent_Populate(${name})
  endif()
  set(${name}_SOURCE_DIR ${${name}_SOURCE_DIR} PARENT_SCOPE)
endfunction()
