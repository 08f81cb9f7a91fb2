// Pictures in, judgements out: what Engine::classify of bindings.cpp does.
#pragma once

#include "base/parallel.h"
#include "boundary.h"
#include "infer/classifier.h"

namespace pinwheel::wasm {

EMSCRIPTEN_DECLARE_VAL_TYPE(PictureList)

#define PINWHEEL_JUDGEMENT                                                                                   \
  "{ value: { width: number; height: number; box: { x: number; y: number; width: number; height: number }; " \
  "seen: { " PINWHEEL_PICTURE                                                                                \
  " } | null; values: Float32Array<ArrayBuffer>; conditional: Float32Array<ArrayBuffer> | null; "            \
  "path: { question: number; answer: number; conditional: number }[]; sentence: string; "                    \
  "views: number; agreement: number[]; "                                                                     \
  "milliseconds: { decode: number; preprocess: number; network: number } }" PINWHEEL_OR_ERROR

// For each file {value: judgement} or {error}, in their order. Milliseconds of the network are each picture's share.
val judge_all(Classifier& classifier, const ThreadPool& pool, const PictureList& files, bool with_seen);

}  // namespace pinwheel::wasm
