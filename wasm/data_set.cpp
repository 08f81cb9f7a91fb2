#include "data_set.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "data/edit.h"
#include "image/preprocess_json.h"
#include "recipe_text.h"

namespace pinwheel::wasm {
namespace {

using nlohmann::json;

const json& field(const json& object, const char* key) {
  if (!object.is_object() || !object.contains(key)) {
    throw Error(ErrorCode::kBadFile, std::string("The stored galaxies have no '") + key + "': open the files again.");
  }
  return object[key];
}

Extent read_extent(const json& value) {
  const auto sides = value.get<std::vector<std::int64_t>>();
  const bool good =
      sides.size() == 3 && std::all_of(sides.begin(), sides.end(), [](std::int64_t n) { return n > 0 && n <= 4096; });
  if (!good) throw Error(ErrorCode::kBadFile, "The stored galaxies have an impossible size: open the files again.");
  return Extent::image(sides[0], sides[1], sides[2]);
}

}  // namespace

std::vector<std::int64_t> indices_of(const IndexArray& indices) {
  const auto plain = emscripten::convertJSArrayToNumberVector<std::int32_t>(indices);
  return {plain.begin(), plain.end()};
}

const char* target_kind_name(TargetKind kind) {
  switch (kind) {
    case TargetKind::kClasses:
      return "classes";
    case TargetKind::kFractions:
      return "fractions";
    case TargetKind::kVotes:
      return "votes";
  }
  return "classes";
}

TargetKind parse_target_kind(const std::string& name) {
  for (const TargetKind kind : {TargetKind::kClasses, TargetKind::kFractions, TargetKind::kVotes}) {
    if (name == target_kind_name(kind)) return kind;
  }
  throw Error(ErrorCode::kInvalidArgument, "There are no targets called '" + name + "'.");
}

void DataSet::fill(Dataset dataset, Preprocess preprocess) {
  dataset_ = std::make_shared<Dataset>(std::move(dataset));
  preprocess_ = std::move(preprocess);
}

SummaryResult DataSet::summary() const {
  return guarded<SummaryResult>([&] {
    const Dataset& d = *dataset_;
    const bool classes = d.target_kind == TargetKind::kClasses;
    val object = val::object();
    object.set("count", static_cast<double>(d.size()));
    object.set("targetKind", std::string(target_kind_name(d.target_kind)));
    object.set("outputs", strings(d.outputs));
    object.set("counts", list(count_outputs(d), [](std::int64_t n) { return val(static_cast<double>(n)); }));
    object.set("labels", classes ? copied<std::int16_t>("Int16Array", class_labels(d)) : val::null());
    object.set("stored", size_object(d.extent));
    object.set("bytes", static_cast<double>(d.pixels.size()));
    object.set("example", d.ids.empty() ? std::string() : d.ids.front());
    return object;
  });
}

ThumbnailsResult DataSet::thumbnails(const IndexArray& examples) const {
  return guarded<ThumbnailsResult>([&] {
    const Dataset& d = *dataset_;
    const auto size = static_cast<std::size_t>(d.extent.size());
    std::vector<std::uint8_t> rgba;
    std::vector<std::string> names;
    for (const std::int64_t i : indices_of(examples)) {
      if (i < 0 || i >= d.size()) throw Error(ErrorCode::kInvalidArgument, "There is no galaxy " + std::to_string(i));
      append_rgba(rgba, {d.image(i), size}, d.extent.channels);
      names.push_back(d.ids[static_cast<std::size_t>(i)]);
    }
    val object = val::object();
    object.set("width", static_cast<double>(d.extent.width));
    object.set("height", static_cast<double>(d.extent.height));
    object.set("rgba", copied<std::uint8_t>("Uint8ClampedArray", rgba));
    object.set("names", strings(names));
    return object;
  });
}

// A run that trains on the store keeps what it has: then the change is made on a copy.
template <typename Work>
DoneResult DataSet::change(Work work) {
  return guarded<DoneResult>([&] {
    if (dataset_.use_count() > 1) dataset_ = std::make_shared<Dataset>(*dataset_);
    work(*dataset_);
    return val::null();
  });
}

DoneResult DataSet::add_class(const std::string& name) {
  return change([&](Dataset& d) { pinwheel::add_class(d, name); });
}
DoneResult DataSet::rename_class(const std::string& from, const std::string& to) {
  return change([&](Dataset& d) { pinwheel::rename_class(d, from, to); });
}
DoneResult DataSet::remove_class(const std::string& name) {
  return change([&](Dataset& d) { pinwheel::remove_class(d, name); });
}
DoneResult DataSet::move_to_class(const IndexArray& examples, const std::string& name) {
  return change([&](Dataset& d) { pinwheel::move_to_class(d, indices_of(examples), name); });
}
DoneResult DataSet::remove(const IndexArray& examples) {
  return change([&](Dataset& d) { remove_examples(d, indices_of(examples)); });
}
DoneResult DataSet::append(const DataSet& other) {
  return change([&](Dataset& d) { append_dataset(d, *other.dataset_); });
}
DoneResult DataSet::reread_as(const DataSet& edited) {
  return guarded<DoneResult>([&] {
    const bool same = dataset_->ids == edited.dataset_->ids && dataset_->outputs == edited.dataset_->outputs &&
                      dataset_->targets == edited.dataset_->targets;
    if (!same) dataset_ = std::make_shared<Dataset>(pinwheel::reread_as(*edited.dataset_, *dataset_));
    return val::null();
  });
}

DoneResult DataSet::preprocess_from(const DataSet& from, const std::string& recipe, const ThreadPool& pool) {
  return guarded<DoneResult>([&] {
    if (!from.is_original()) throw Error(ErrorCode::kInternal, "[preprocess_from] these are not the originals");
    const Recipe wanted = read_recipe(recipe);
    const Extent stored = stored_extent(wanted.preprocess, wanted.spec.input);
    fill(preprocess_dataset(*from.dataset_, wanted.preprocess, stored, pool), wanted.preprocess);
    return val::null();
  });
}

DoneResult DataSet::fill_with_one(const ByteArray& file, const std::string& name, const std::string& recipe,
                                  const ThreadPool& pool) {
  return guarded<DoneResult>([&] {
    Image image = decode_image(emscripten::convertJSArrayToNumberVector<std::uint8_t>(file), name);
    Dataset one;
    one.extent = Extent::image(image.height, image.width, image.channels);
    one.ids = {name};
    one.pixels = std::move(image.pixels);
    const Recipe wanted = read_recipe(recipe);
    const Extent stored = stored_extent(wanted.preprocess, wanted.spec.input);
    fill(preprocess_dataset(one, wanted.preprocess, stored, pool), wanted.preprocess);
    return val::null();
  });
}

bool DataSet::suits(const std::string& recipe) const {
  try {
    const Recipe wanted = read_recipe(recipe);
    return dataset_->extent == stored_extent(wanted.preprocess, wanted.spec.input) &&
           preprocess_.steps == wanted.preprocess.steps;
  } catch (const Error&) {
    return false;
  }
}

TextResult DataSet::about() const {
  return guarded<TextResult>([&] {
    const Dataset& d = *dataset_;
    return val(json{{"extent", {d.extent.height, d.extent.width, d.extent.channels}},
                    {"target_kind", target_kind_name(d.target_kind)},
                    {"outputs", d.outputs},
                    {"ids", d.ids},
                    {"groups", d.groups},
                    {"weights", d.weights},
                    {"preprocess", preprocess_to_json(preprocess_)}}
                   .dump(-1, ' ', false, json::error_handler_t::replace));
  });
}

BytesResult DataSet::png(int example) const {
  return guarded<BytesResult>([&] {
    check_range(example, example + 1.0);
    const Extent& e = dataset_->extent;
    const std::uint8_t* pixels = dataset_->image(example);
    return copied<std::uint8_t>("Uint8Array", encode_png({e.height, e.width, e.channels, {pixels, pixels + e.size()}}));
  });
}

void DataSet::check_range(double begin, double end) const {
  if (!(begin >= 0 && begin <= end && end <= static_cast<double>(dataset_->size()))) {
    throw Error(ErrorCode::kInvalidArgument, "There are no such galaxies in this data set.");
  }
}

BytesResult DataSet::pixels(double begin, double end) const {
  return guarded<BytesResult>([&] {
    check_range(begin, end);
    const auto size = static_cast<std::size_t>(dataset_->extent.size());
    const auto first = static_cast<std::size_t>(begin) * size, last = static_cast<std::size_t>(end) * size;
    return copied<std::uint8_t>("Uint8Array", std::span(dataset_->pixels).subspan(first, last - first));
  });
}

FloatsResult DataSet::targets(double begin, double end) const {
  return guarded<FloatsResult>([&] {
    check_range(begin, end);
    const auto first = static_cast<std::size_t>(begin) * dataset_->outputs.size(),
               last = static_cast<std::size_t>(end) * dataset_->outputs.size();
    return copied<float>("Float32Array", std::span<const float>(dataset_->targets).subspan(first, last - first));
  });
}

DoneResult DataSet::restore(const std::string& about) {
  return guarded<DoneResult>([&] {
    const json kept = json::parse(about, nullptr, false);
    Dataset d;
    try {
      d.extent = read_extent(field(kept, "extent"));
      d.target_kind = parse_target_kind(field(kept, "target_kind").get<std::string>());
      d.outputs = field(kept, "outputs").get<std::vector<std::string>>();
      d.ids = field(kept, "ids").get<std::vector<std::string>>();
      d.groups = field(kept, "groups").get<std::vector<std::string>>();
      d.weights = field(kept, "weights").get<std::vector<float>>();
    } catch (const json::exception&) {
      throw Error(ErrorCode::kBadFile, "The stored galaxies are described in a way that cannot be read.");
    }
    d.pixels.reserve(d.ids.size() * static_cast<std::size_t>(d.extent.size()));
    d.targets.reserve(d.ids.size() * d.outputs.size());
    fill(std::move(d), preprocess_from_json(field(kept, "preprocess")));
    return val::null();
  });
}

DoneResult DataSet::append_pixels(const ByteArray& bytes) {
  return change([&](Dataset& d) {
    const auto piece = emscripten::convertJSArrayToNumberVector<std::uint8_t>(bytes);
    d.pixels.insert(d.pixels.end(), piece.begin(), piece.end());
  });
}

DoneResult DataSet::append_targets(const FloatArray& values) {
  return change([&](Dataset& d) {
    const auto piece = emscripten::convertJSArrayToNumberVector<float>(values);
    d.targets.insert(d.targets.end(), piece.begin(), piece.end());
  });
}

DoneResult DataSet::check_complete() const {
  return guarded<DoneResult>([&] {
    const Dataset& d = *dataset_;
    if (d.pixels.size() != d.ids.size() * static_cast<std::size_t>(d.extent.size()) ||
        d.targets.size() != d.ids.size() * d.outputs.size() || (!d.groups.empty() && d.groups.size() != d.ids.size()) ||
        (!d.weights.empty() && d.weights.size() != d.ids.size())) {
      throw Error(ErrorCode::kBadFile, "The stored galaxies are incomplete: open the files again.");
    }
    return val::null();
  });
}

EMSCRIPTEN_BINDINGS(pinwheel_data_set) {
  using emscripten::register_type;
  register_type<FloatArray>("Float32Array");
  register_type<IndexArray>("Int32Array");
  register_type<DoneResult>("{ value: null" PINWHEEL_OR_ERROR);
  register_type<TextResult>("{ value: string" PINWHEEL_OR_ERROR);
  register_type<BytesResult>("{ value: Uint8Array<ArrayBuffer>" PINWHEEL_OR_ERROR);
  register_type<FloatsResult>("{ value: Float32Array<ArrayBuffer>" PINWHEEL_OR_ERROR);
  register_type<SummaryResult>(
      "{ value: { count: number; targetKind: 'classes' | 'fractions' | 'votes'; outputs: string[]; counts: number[]; "
      "labels: Int16Array<ArrayBuffer> | null; stored: " PINWHEEL_SIZE
      "; "
      "bytes: number; example: string }" PINWHEEL_OR_ERROR);
  register_type<ThumbnailsResult>("{ value: { " PINWHEEL_PICTURE "; names: string[] }" PINWHEEL_OR_ERROR);

  emscripten::class_<DataSet>("DataSet")
      .constructor<>()
      .function("share", &DataSet::share)
      .function("summary", &DataSet::summary)
      .function("thumbnails", &DataSet::thumbnails)
      .function("addClass", &DataSet::add_class)
      .function("renameClass", &DataSet::rename_class)
      .function("removeClass", &DataSet::remove_class)
      .function("moveToClass", &DataSet::move_to_class)
      .function("remove", &DataSet::remove)
      .function("append", &DataSet::append)
      .function("rereadAs", &DataSet::reread_as)
      .function("preprocessFrom", &DataSet::preprocess_from)
      .function("fillWithOne", &DataSet::fill_with_one)
      .function("isOriginal", &DataSet::is_original)
      .function("suits", &DataSet::suits)
      .function("png", &DataSet::png)
      .function("about", &DataSet::about)
      .function("pixels", &DataSet::pixels)
      .function("targets", &DataSet::targets)
      .function("restore", &DataSet::restore)
      .function("appendPixels", &DataSet::append_pixels)
      .function("appendTargets", &DataSet::append_targets)
      .function("checkComplete", &DataSet::check_complete);
}

}  // namespace pinwheel::wasm
