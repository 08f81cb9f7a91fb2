// Loading that goes on piece by piece, so that a page can paint and a person can stop in between. `load_dataset`
// (data/readers.h) is a loop over it.
#pragma once

#include <cstdint>
#include <memory>

#include "base/parallel.h"
#include "data/dataset.h"
#include "data/plan.h"
#include "data/readers.h"

namespace pinwheel {

class DatasetLoader {
 public:
  // Plans what to load; decodes nothing yet. `labels` holds the CSV (or a zip with one inside) and may be null: then a
  // CSV among the files is used if there is one. options.progress is not called: whoever steps knows. The pool must
  // outlive the loader. Throws Error as load_dataset does.
  DatasetLoader(std::shared_ptr<const FileSource> source, std::shared_ptr<const FileSource> labels, LoadOptions options,
                const ThreadPool& pool);

  std::int64_t total() const { return static_cast<std::int64_t>(plan_.images.size()); }  // pictures to load
  std::int64_t done() const { return static_cast<std::int64_t>(next_); }                 // of them, looked at so far
  // Goes on for about 30 ms (never less than one picture a thread); true while there is more to do. Files are read on
  // the calling thread only, because in a browser no other may; they are decoded and resized on the pool.
  bool step();
  // What was loaded, once: after the last step, or before, when the person wants no more. Throws Error(kBadFile) when
  // there is nothing to hand out.
  Dataset finish(LoadReport& report);

 private:
  void load_piece();

  std::shared_ptr<const FileSource> source_;
  LoadOptions options_;
  const ThreadPool& pool_;
  LoadReport report_;
  Plan plan_;
  std::size_t next_ = 0;  // in plan_.images
  Dataset dataset_;
};

}  // namespace pinwheel
