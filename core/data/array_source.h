// Galaxies from arrays: files of the published data sets, and anything shaped like them, as a FileSource whose pictures
// need no decoding and whose labels came along. Which array holds pictures and which labels is decided here, by shapes
// first and names second.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "data/number_array.h"
#include "data/readers.h"

namespace pinwheel {

// By their first bytes: .npz (a zip with numpy members), HDF5, a pickle, or any of these inside gzip.
bool holds_arrays(const std::shared_ptr<const RandomAccess>& bytes);

// One file, or several of one kind (a training and a test file), each opened by its content. Pictures are [N,H,W] or
// [N,H,W,C] with C 1 or 3; real numbers of which the first pictures stay within 0 … 1 are taken as parts of 255. Labels
// are [N] class numbers or [N,classes] one-hot. Two sets in one file, or files whose names speak of training and test,
// become parts of a given split. Throws Error naming file, what was found and what is needed.
std::unique_ptr<FileSource> open_arrays(const std::vector<NamedBytes>& files);

}  // namespace pinwheel
