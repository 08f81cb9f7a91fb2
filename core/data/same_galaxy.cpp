#include "data/same_galaxy.h"

#include <numeric>
#include <unordered_map>

namespace pinwheel {
namespace {

// Union-find over names; the smallest name of a set stands for it, so a group is called the same whatever came first.
class NameSets {
 public:
  std::size_t add(std::string_view name) {
    const auto [place, fresh] = index_.emplace(name, names_.size());
    if (fresh) {
      parent_.push_back(names_.size());
      names_.emplace_back(name);
    }
    return place->second;
  }
  void join(std::size_t a, std::size_t b) {
    a = root(a);
    b = root(b);
    if (names_[b] < names_[a]) std::swap(a, b);
    parent_[b] = a;
  }
  const std::string& name_of(std::size_t i) { return names_[root(i)]; }

 private:
  std::size_t root(std::size_t i) {
    while (parent_[i] != i) i = parent_[i] = parent_[parent_[i]];
    return i;
  }

  std::unordered_map<std::string, std::size_t> index_;
  std::vector<std::string> names_;
  std::vector<std::size_t> parent_;
};

// "K216676" → "216676". Two sets that use one number by chance are joined too, which does no harm.
std::string_view without_set_letter(std::string_view token) {
  const bool lettered = token.size() >= 2 && token[0] >= 'A' && token[0] <= 'Z';
  return lettered ? token.substr(1) : token;
}

std::vector<std::string> named_groups(const LabelTable& table, std::size_t column) {
  std::vector<std::string> groups;
  for (std::size_t row = 0; row < table.rows(); ++row) groups.emplace_back(table.cell(row, column));
  return groups;
}

}  // namespace

std::vector<std::string> same_galaxy_groups(const LabelTable& table) {
  if (const auto column = table.column("group")) return named_groups(table, *column);
  const auto column = table.column("same_galaxy_in");
  if (!column) return {};
  const std::size_t id = table.column("id").value_or(table.id_column());
  NameSets sets;
  std::vector<std::size_t> own;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    own.push_back(sets.add(table.cell(row, id)));
    for (std::string_view rest = table.cell(row, *column); !rest.empty();) {
      const auto end = std::min(rest.find(';'), rest.size());
      if (end > 0) sets.join(own.back(), sets.add(without_set_letter(rest.substr(0, end))));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  std::unordered_map<std::string, int> members;
  for (const std::size_t i : own) ++members[sets.name_of(i)];
  std::vector<std::string> groups;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const std::string& name = sets.name_of(own[row]);
    const bool linked = members[name] > 1 || !table.cell(row, *column).empty();
    groups.push_back(linked ? name : "");
  }
  return groups;
}

}  // namespace pinwheel
