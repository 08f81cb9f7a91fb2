// Deflated bytes read as if they were not: forward reading unpacks as it goes, and going back starts again from the
// last of some marks that are left on the way. For files of gigabytes that are read from front to back with a look at
// their end, such as arrays and zips in zips; not for hopping about.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "data/random_access.h"

namespace pinwheel {

// RFC 1951 alone, as in zips, with what the archive says of the unpacked bytes: their number, and their CRC-32, which
// is looked at when the last of them is read. What unpacks to anything else is Error(kBadFile) naming `name`. Safe from
// several threads, one at a time.
std::shared_ptr<const RandomAccess> open_deflated(std::shared_ptr<const RandomAccess> packed, std::uint64_t size,
                                                  std::uint32_t crc, std::string name);

bool starts_like_gzip(const RandomAccess& bytes);
// RFC 1952, one member. Its size is in the file's last four bytes as far as they go: a file that may unpack to more
// than 4 GB is unpacked once to know it. The checksum is looked at when the last byte is read. Throws Error(kBadFile,
// kTooLarge) for a size that deflate cannot reach and for what does not unpack.
std::shared_ptr<const RandomAccess> open_gzip(std::shared_ptr<const RandomAccess> packed, const std::string& name);

}  // namespace pinwheel
