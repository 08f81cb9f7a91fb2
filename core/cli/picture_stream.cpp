#include "cli/picture_stream.h"

#include <filesystem>
#include <new>
#include <utility>

#include "base/error.h"
#include "data/names.h"

namespace pinwheel::cli {
namespace {

constexpr std::size_t kMost = 64;                          // keeps every thread busy
constexpr std::size_t kMostBytes = std::size_t{32} << 20;  // bounds memory where files are large

bool is_plain_picture(const std::string& input) {
  return std::filesystem::is_regular_file(input) && !is_zip_name(input);
}

}  // namespace

PictureStream::PictureStream(const std::vector<std::string>& inputs) {
  for (const auto& input : inputs) {
    try {
      list(input);
    } catch (const Error& error) {
      missing_.push_back({input, error.what()});
    }
  }
  read_ahead();
}

void PictureStream::list(const std::string& input) {
  auto source = open_source({input});
  // In a folder or a zip only pictures are meant; a file that was named on its own is always tried.
  const bool single = is_plain_picture(input) && source->size() == 1;
  for (std::size_t i = 0; i < source->size(); ++i) {
    if (single || is_picture_name(source->name(i))) {
      items_.push_back({source.get(), i, single ? input : source->name(i)});
    }
  }
  sources_.push_back(std::move(source));
}

void PictureStream::read_ahead() {
  reading_ = std::async(std::launch::async, [this] { return read(); });
}

std::vector<PictureBytes> PictureStream::next() {
  auto pictures = reading_.get();
  read_ahead();
  return pictures;
}

// One after the other, in the archive's order: a zip inside a deflated zip is unpacked from front to back.
std::vector<PictureBytes> PictureStream::read() {
  std::vector<PictureBytes> pictures;
  std::size_t bytes = 0;
  while (position_ < items_.size() && pictures.size() < kMost && bytes < kMostBytes) {
    const Item& item = items_[position_++];
    PictureBytes& picture = pictures.emplace_back();
    picture.file = item.file;
    try {
      picture.bytes = item.source->read(item.index);
    } catch (const Error& error) {
      picture.reason = error.what();
    } catch (const std::bad_alloc&) {
      picture.reason = "out of memory";
    }
    bytes += picture.bytes.size();
  }
  return pictures;
}

}  // namespace pinwheel::cli
