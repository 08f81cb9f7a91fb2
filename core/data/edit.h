// Changing a data set in memory: taking galaxies out, putting them into another class, joining two sets. A set without
// galaxies, or a class without any, is allowed here; training will refuse it with a sentence.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/parallel.h"
#include "data/dataset.h"
#include "image/preprocess.h"

namespace pinwheel {

// Classes only; Error(kInvalidArgument) for other targets, an unknown class, or a name that is taken or empty.
void add_class(Dataset& dataset, const std::string& name);
void rename_class(Dataset& dataset, const std::string& from, const std::string& to);  // to an existing one: they merge
void remove_class(Dataset& dataset, const std::string& name);                         // with its galaxies
void move_to_class(Dataset& dataset, std::span<const std::int64_t> examples, const std::string& name);

void remove_examples(Dataset& dataset, std::span<const std::int64_t> examples);
// Appends the other's galaxies; classes that are new are added, an id that is taken gets a number. Both must store the
// same size and mean the same kind of target.
void append_dataset(Dataset& dataset, const Dataset& other);
// `fresh` holds the same files read again at another size: keep of it what `edited` has, in its order, with its
// targets. Throws Error(kNotFound) when a galaxy of `edited` is not there any more.
Dataset reread_as(const Dataset& edited, const Dataset& fresh);

// The same galaxies as the preprocessing leaves them. `originals` holds pictures as they were, untouched.
Dataset preprocess_dataset(const Dataset& originals, const Preprocess& preprocess, const Extent& stored,
                           const ThreadPool& pool);

// Galaxies per output: of a class; or for whom it is the favourite answer to its question (asked of half the volunteers
// for fractions, of anyone for votes).
std::vector<std::int64_t> count_outputs(const Dataset& dataset);
std::vector<std::int16_t> class_labels(const Dataset& dataset);  // kClasses: [N]

}  // namespace pinwheel
