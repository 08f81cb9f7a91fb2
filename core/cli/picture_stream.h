// Pictures as somebody named them (files, folders, zips), in that order and some at a time. While one lot is being
// worked on, a thread of its own reads the next: the disk and an archive's unpacking cost no time beside decoding and
// judging.
#pragma once

#include <cstdint>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "data/readers.h"

namespace pinwheel::cli {

// One picture's bytes, or the reason why there are none.
struct Unread {
  std::string file;
  std::string reason;
};
struct PictureBytes : Unread {
  std::vector<std::uint8_t> bytes;
};

class PictureStream {
 public:
  explicit PictureStream(const std::vector<std::string>& inputs);

  std::size_t size() const { return items_.size(); }
  const std::vector<Unread>& missing() const { return missing_; }  // inputs that could not even be opened
  // The next ones, at most 64 and not many megabytes; none at the end.
  std::vector<PictureBytes> next();

 private:
  struct Item {
    const FileSource* source;
    std::size_t index;
    std::string file;
  };
  void list(const std::string& input);
  std::vector<PictureBytes> read();
  void read_ahead();

  std::vector<std::unique_ptr<FileSource>> sources_;
  std::vector<Item> items_;
  std::vector<Unread> missing_;
  std::size_t position_ = 0;                        // of the reading thread, once it runs
  std::future<std::vector<PictureBytes>> reading_;  // last: ends before what it reads from does
};

}  // namespace pinwheel::cli
