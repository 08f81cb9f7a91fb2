// The one place where the bodies of stb_image and stb_image_write are compiled: JPEG and PNG, from and to memory.
#include <zlib.h>

#include <cstdlib>

// Zeroed, because stb_image reads tables that a hostile file uses without defining them.
#define STBI_MALLOC(size) std::calloc(1, size)
#define STBI_REALLOC(pointer, size) std::realloc(pointer, size)
#define STBI_FREE(pointer) std::free(pointer)
#define STBI_ONLY_JPEG
#define STBI_ONLY_PNG
#define STBI_NO_STDIO
#define STBI_NO_HDR
#define STBI_NO_LINEAR
#define STBI_MAX_DIMENSIONS 65536
#define STB_IMAGE_IMPLEMENTATION
#include <stb_image.h>

namespace {

// In place of stb's own packer, which takes several times as long: a page waits for the galaxies that it draws, and
// they are mostly grain, of which trying harder saves little. What comes out is stb's to free; null is told as no
// memory.
unsigned char* packed(const unsigned char* data, int size, int* packed_size, int /*quality*/) {
  uLongf room = compressBound(static_cast<uLong>(size));
  auto* out = static_cast<unsigned char*>(std::malloc(room));
  if (out == nullptr) return nullptr;
  if (compress2(out, &room, data, static_cast<uLong>(size), Z_BEST_SPEED) != Z_OK) {
    std::free(out);
    return nullptr;
  }
  *packed_size = static_cast<int>(room);
  return out;
}

}  // namespace

#define STBIW_ZLIB_COMPRESS packed
#define STBI_WRITE_NO_STDIO
#define STB_IMAGE_WRITE_IMPLEMENTATION
#include <stb_image_write.h>
