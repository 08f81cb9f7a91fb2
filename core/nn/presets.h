// The networks by name: the five published systems and our own residual nets. Only the network is here; preprocessing,
// loss, optimiser and the rest of a preset are in train/recipe.
#pragma once

#include <cstdint>

#include "nn/spec.h"

namespace pinwheel::nets {

NetSpec two_layer(std::int64_t inputs, std::int64_t hidden, std::int64_t outputs);  // system A
NetSpec convnet(std::int64_t outputs, bool question_heads);                         // system B, 64x64x1
NetSpec linnet(std::int64_t outputs, bool question_heads);                          // system B
NetSpec small_cnn(std::int64_t outputs);                                            // system C, 64x64x3
NetSpec four_block(std::int64_t outputs, bool readme_variant);                      // system D, 64x64x3
NetSpec lesson(std::int64_t outputs);                                               // system E, 128x128x3
NetSpec resnet18(std::int64_t outputs, const Extent& input);                        // He et al. 2016, torchvision names
NetSpec resnet50(std::int64_t outputs, const Extent& input);
NetSpec densenet121(std::int64_t outputs, const Extent& input);  // Huang et al. 2017
// Ours: a small residual net for galaxies. Stem conv 3x3 to width/2 at full resolution → stages of `blocks` basic
// residual blocks at widths w, 2w, 4w, … each of which halves the picture → global average pool → dropout → dense. 0.7
// M parameters at width 32, three stages of two blocks.
NetSpec galaxy_resnet(std::int64_t outputs, const Extent& input, std::int64_t width, std::int64_t stages,
                      std::int64_t blocks, double dropout);

}  // namespace pinwheel::nets
