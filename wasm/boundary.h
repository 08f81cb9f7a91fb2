// The boundary: how values cross to JavaScript, and one of the two places that catch (main() is the other). Each file
// beside this one binds one room (judging, galaxies, recipes, training, timing): convert, call, convert; it decides
// nothing. Everything is copied out of the heap before it is returned: memory may grow and move at the next call.
#pragma once

#include <emscripten/bind.h>
#include <emscripten/val.h>

#include <new>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "image/image.h"
#include "tensor/tensor.h"

namespace pinwheel::wasm {

using emscripten::val;

// One name per kind of value, so that the generated pinwheel.d.ts says exactly what goes in and what comes back.
EMSCRIPTEN_DECLARE_VAL_TYPE(ByteArray)
#define PINWHEEL_OR_ERROR " } | { error: { code: string; message: string } }"
#define PINWHEEL_PICTURE "width: number; height: number; rgba: Uint8ClampedArray<ArrayBuffer>"
#define PINWHEEL_SIZE "{ height: number; width: number; channels: number }"

// {error: {code, message}}
val failure(ErrorCode code, const std::string& message);

// {value} from what work() returns, {error} from whatever it throws: no exception crosses to JavaScript.
template <typename Result, typename Work>
Result guarded(Work&& work) {
  try {
    val result = val::object();
    result.set("value", work());
    return Result(result);
  } catch (const Error& e) {
    return Result(failure(e.code(), e.what()));
  } catch (const std::bad_alloc&) {
    return Result(
        failure(ErrorCode::kTooLarge, "This browser tab has no memory left for that: close other tabs, or take less."));
  } catch (const std::exception& e) {
    return Result(failure(ErrorCode::kInternal, e.what()));
  } catch (...) {
    return Result(failure(ErrorCode::kInternal, "Something unexpected went wrong inside the engine."));
  }
}

// A fresh typed array (Uint8Array for bytes, Float32Array for floats) with a copy of the values.
template <typename T>
val copied(const char* type, std::span<const T> values) {
  const val array = val::global(type).new_(values.size());
  array.call<void>("set", val(emscripten::typed_memory_view(values.size(), values.data())));
  return array;
}

template <typename Range, typename Convert>
val list(const Range& range, Convert&& convert) {
  val array = val::array();
  for (const auto& item : range) array.call<void>("push", convert(item));
  return array;
}
val strings(const std::vector<std::string>& items);
val numbers(const std::vector<int>& items);

val size_object(const Extent& extent);
val picture(const Image& image);  // {width, height, rgba}, as ImageData wants it
void append_rgba(std::vector<std::uint8_t>& rgba, std::span<const std::uint8_t> pixels, std::int64_t channels);

}  // namespace pinwheel::wasm
