// One lambda for each alternative of a variant: std::visit(Overload{[](const Relu&) {…}, …}, layer). It has no default,
// so a visitor that forgot a layer does not compile.
#pragma once

namespace pinwheel {

template <typename... Functions>
struct Overload : Functions... {
  using Functions::operator()...;
};
template <typename... Functions>
Overload(Functions...) -> Overload<Functions...>;

}  // namespace pinwheel
