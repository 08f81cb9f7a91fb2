// Words for messages.
#pragma once

#include <string>

namespace pinwheel {

// "a, b, c" of what word_of says of each item; empty for none.
template <typename Items, typename WordOf>
std::string listed(const Items& items, WordOf word_of) {
  std::string text;
  for (const auto& item : items) text.append(text.empty() ? "" : ", ").append(word_of(item));
  return text;
}
template <typename Items>
std::string listed(const Items& items) {
  return listed(
      items, [](const auto& item) -> const auto& { return item; });
}

}  // namespace pinwheel
