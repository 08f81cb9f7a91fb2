#include "io/bounded_json.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "support/errors.h"

namespace pinwheel {
namespace {

std::string refusal(const std::string& text, const JsonBounds& bounds = {}) {
  return test::message_of(ErrorCode::kBadFile, [&] { parse_bounded_json(text, "it", bounds); });
}

TEST(BoundedJson, ParsesWithinBounds) {
  EXPECT_EQ(parse_bounded_json(R"({"a":[1,{"a":2}],"b":{"a":3}})", "it", {}).dump(),
            R"({"a":[1,{"a":2}],"b":{"a":3}})");
}

TEST(BoundedJson, RefusesWhatIsOutside) {
  using test::contains;
  EXPECT_TRUE(contains(refusal("[1,2,3]", {.max_bytes = 6}), "it: more than 6"));
  EXPECT_TRUE(contains(refusal("[[[1]]]", {.max_depth = 2}), "deeply"));
  EXPECT_TRUE(contains(refusal(R"({"a":1,"a":2})"), "'a' is there twice"));
  EXPECT_TRUE(contains(refusal(R"([{"a":{"b":1,"b":2}}])"), "'b' is there twice"));
  EXPECT_TRUE(contains(refusal("{\"a\":}"), "byte 6"));
  EXPECT_TRUE(contains(refusal("-1e999"), "range"));
  refusal("");
  refusal("\"\xC3\x28\"");
}

}  // namespace
}  // namespace pinwheel
