// Numbers of half the size. Weights rounded to binary16 keep three digits: a model's answers move in the fourth place
// and its file is half as long, which a page that must load in a second notices.
#pragma once

#include <cstdint>

#include "nn/params.h"

namespace pinwheel {

// IEEE 754 binary16 (1 sign, 5 exponent, 10 fraction bits): nearest, ties to even; beyond 65504 infinity.
std::uint16_t to_half(float value);
float from_half(std::uint16_t half);

// Rounds the weights of convolutions and dense layers; biases and batch norm, few and of wide range, stay as they are.
void round_weights_to_half(Params& params);

}  // namespace pinwheel
