// Deflated bytes read as if they were not: forward reading unpacks as it goes, going back starts again. For arrays of
// gigabytes that are read from front to back, never for hopping about.
#pragma once

#include <memory>
#include <string>

#include "data/random_access.h"

namespace pinwheel {

enum class Wrapping { kRaw, kGzip };  // RFC 1951 alone, as in zips; RFC 1952

// `size`: of the unpacked bytes, as the archive says; reading further than what unpacks is Error(kBadFile) naming
// `name`. Safe from several threads, one at a time.
std::shared_ptr<const RandomAccess> open_inflating(std::shared_ptr<const RandomAccess> packed, std::uint64_t size,
                                                   Wrapping wrapping, std::string name);

bool starts_like_gzip(const RandomAccess& bytes);
// Size from the file's last four bytes. Throws Error(kBadFile, kTooLarge) for a size that deflate cannot reach.
std::shared_ptr<const RandomAccess> open_gzip(std::shared_ptr<const RandomAccess> packed, const std::string& name);

}  // namespace pinwheel
