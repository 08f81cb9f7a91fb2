// A data set as JavaScript holds it: the 8-bit store stays here, summaries and slices of it cross.
#pragma once

#include <memory>

#include "base/parallel.h"
#include "boundary.h"
#include "data/dataset.h"
#include "image/preprocess.h"

namespace pinwheel::wasm {

EMSCRIPTEN_DECLARE_VAL_TYPE(DoneResult)
EMSCRIPTEN_DECLARE_VAL_TYPE(TextResult)
EMSCRIPTEN_DECLARE_VAL_TYPE(BytesResult)
EMSCRIPTEN_DECLARE_VAL_TYPE(FloatsResult)
EMSCRIPTEN_DECLARE_VAL_TYPE(SummaryResult)
EMSCRIPTEN_DECLARE_VAL_TYPE(ThumbnailsResult)
EMSCRIPTEN_DECLARE_VAL_TYPE(FloatArray)
EMSCRIPTEN_DECLARE_VAL_TYPE(IndexArray)

std::vector<std::int64_t> indices_of(const IndexArray& indices);
const char* target_kind_name(TargetKind kind);
TargetKind parse_target_kind(const std::string& name);

class DataSet {
 public:
  // What is stored, and how it was made from the pictures.
  void fill(Dataset dataset, Preprocess preprocess);
  // Shared with a training run, which goes on with what it began with when the page changes its set.
  std::shared_ptr<const Dataset> store() const { return dataset_; }
  // Holds from now on what `other` holds, not a copy of it. Whichever of the two is changed later changes alone.
  void share(const DataSet& other) { *this = other; }

  SummaryResult summary() const;
  ThumbnailsResult thumbnails(const IndexArray& examples) const;

  DoneResult add_class(const std::string& name);
  DoneResult rename_class(const std::string& from, const std::string& to);
  DoneResult remove_class(const std::string& name);
  DoneResult move_to_class(const IndexArray& examples, const std::string& name);
  DoneResult remove(const IndexArray& examples);
  DoneResult append(const DataSet& other);
  // This set holds the same files read again at another size: take over what was changed by hand in `edited`.
  DoneResult reread_as(const DataSet& edited);
  // The originals of `from` (a rendered set) as the recipe's network sees them.
  DoneResult preprocess_from(const DataSet& from, const std::string& recipe, const ThreadPool& pool);
  // A set of this one picture, for looking at what the recipe would make of it.
  DoneResult fill_with_one(const ByteArray& file, const std::string& name, const std::string& recipe,
                           const ThreadPool& pool);
  // True when nothing was done to the pictures yet.
  bool is_original() const { return preprocess_.steps.empty(); }
  // True when the recipe's preprocessing of the pictures would give just these pixels.
  bool suits(const std::string& recipe) const;

  // The stored picture as a file, where there is no original any more.
  BytesResult png(int example) const;

  // For keeping it: everything but pixels and targets as JSON, these two in pieces of examples [begin, end) …
  TextResult about() const;
  BytesResult pixels(double begin, double end) const;
  FloatsResult targets(double begin, double end) const;
  // … and for having it back.
  DoneResult restore(const std::string& about);
  DoneResult append_pixels(const ByteArray& bytes);
  DoneResult append_targets(const FloatArray& values);
  DoneResult check_complete() const;

 private:
  template <typename Work>
  DoneResult change(Work work);
  void check_range(double begin, double end) const;

  std::shared_ptr<Dataset> dataset_ = std::make_shared<Dataset>();
  Preprocess preprocess_;
};

}  // namespace pinwheel::wasm
