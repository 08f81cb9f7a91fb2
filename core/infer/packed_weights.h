// The weights as XNNPACK's inner loops want them, packed once for all runtimes of a network. XNNPACK's own cache keeps
// everything in one block that it doubles as it grows; this one asks for what is needed.
#pragma once

#include <xnnpack.h>

#include <memory>
#include <vector>

namespace pinwheel {

class PackedWeights {
 public:
  PackedWeights();
  PackedWeights(const PackedWeights&) = delete;
  PackedWeights& operator=(const PackedWeights&) = delete;

  xnn_weights_cache_t handle() { return &provider_; }

 private:
  struct Free {
    void operator()(void* block) const;
  };
  using Block = std::unique_ptr<void, Free>;
  struct Entry {
    xnn_weights_cache_look_up_key key;
    Block block;
  };

  std::size_t find(const xnn_weights_cache_look_up_key& key) const;
  void* reserve(std::size_t bytes);
  std::size_t keep(const xnn_weights_cache_look_up_key& key);

  xnn_weights_cache_provider provider_;
  std::vector<Entry> entries_;
  Block pending_;  // written by XNNPACK, but not named yet
};

}  // namespace pinwheel
