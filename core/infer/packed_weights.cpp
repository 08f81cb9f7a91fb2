#include "infer/packed_weights.h"

#include <algorithm>
#include <cstdint>
#include <new>
#include <utility>

namespace pinwheel {
namespace {

constexpr std::align_val_t kAlignment{64};
constexpr std::size_t kNotFound = SIZE_MAX;  // XNNPACK's word for it

bool same(const xnn_weights_cache_look_up_key& a, const xnn_weights_cache_look_up_key& b) {
  return a.seed == b.seed && a.kernel == b.kernel && a.bias == b.bias;
}

PackedWeights& self(void* context) { return *static_cast<PackedWeights*>(context); }

}  // namespace

void PackedWeights::Free::operator()(void* block) const { ::operator delete(block, kAlignment); }

// What XNNPACK calls an offset is the number of the entry.
PackedWeights::PackedWeights()
    : provider_{
          .context = this,
          .look_up = [](void* context, const xnn_weights_cache_look_up_key* key) { return self(context).find(*key); },
          .reserve_space = [](void* context, std::size_t bytes) { return self(context).reserve(bytes); },
          .look_up_or_insert = [](void* context, const xnn_weights_cache_look_up_key* key, void* /*block*/,
                                  std::size_t /*bytes*/) { return self(context).keep(*key); },
          .is_finalized = [](void* /*context*/) { return true; },  // entries never move: they may be used at once
          .offset_to_addr = [](void* context, std::size_t entry) { return self(context).entries_[entry].block.get(); },
          .delete_cache = [](void* /*context*/) { return xnn_status_success; }} {}

std::size_t PackedWeights::find(const xnn_weights_cache_look_up_key& key) const {
  const auto found =
      std::find_if(entries_.begin(), entries_.end(), [&](const Entry& entry) { return same(entry.key, key); });
  return found == entries_.end() ? kNotFound : static_cast<std::size_t>(found - entries_.begin());
}

void* PackedWeights::reserve(std::size_t bytes) {
  pending_.reset(::operator new(bytes + XNN_EXTRA_BYTES, kAlignment, std::nothrow));
  return pending_.get();
}

// XNNPACK asks for every operator, also when it has packed nothing because `find` had the answer.
std::size_t PackedWeights::keep(const xnn_weights_cache_look_up_key& key) {
  Block packed = std::move(pending_);
  const std::size_t found = find(key);
  if (found != kNotFound) return found;
  entries_.push_back({key, std::move(packed)});
  return entries_.size() - 1;
}

}  // namespace pinwheel
