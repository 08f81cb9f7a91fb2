// Upstream generates this file to tell serialized weight caches of different builds apart. We serialize no cache.
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

static const unsigned char identifier[] = "pinwheel";

size_t xnn_experimental_get_build_identifier_size(void) { return sizeof identifier; }
const void* xnn_experimental_get_build_identifier_data(void) { return identifier; }
bool xnn_experimental_check_build_identifier(const void* data, size_t size) {
  return size == sizeof identifier && memcmp(data, identifier, size) == 0;
}
