#include "nn/json_fields.h"

#include <gtest/gtest.h>

#include "support/errors.h"

namespace pinwheel {
namespace {

const nlohmann::json kObject = nlohmann::json::parse(R"({"text":"a","flag":true,"count":3,"share":0.5,"list":[1,2]})");

TEST(JsonFields, ReadsWhatIsThere) {
  JsonFields fields(kObject, "it");
  EXPECT_EQ(fields.string("text"), "a");
  EXPECT_TRUE(fields.boolean("flag"));
  EXPECT_EQ(fields.integer("count", 0), 3);
  EXPECT_EQ(fields.number("share"), 0.5);
  EXPECT_EQ(fields.number("count"), 3);
  EXPECT_EQ(fields.integers("list", 1), (std::vector<std::int64_t>{1, 2}));
  fields.finish();
}

TEST(JsonFields, FinishRefusesWhatNobodyAskedFor) {
  JsonFields fields(kObject, "it");
  fields.string("text");
  test::message_of(ErrorCode::kBadFile, [&] { fields.finish(); });
}

TEST(JsonFields, WrongTypesNameThePlace) {
  JsonFields fields(kObject, "it");
  const auto refusal = [](auto action) { return test::message_of(ErrorCode::kBadFile, action); };
  EXPECT_TRUE(test::contains(refusal([&] { fields.string("count"); }), "it: 'count'"));
  refusal([&] { fields.boolean("count"); });
  refusal([&] { fields.number("text"); });
  refusal([&] { fields.integer("share", 0); });
  refusal([&] { fields.integer("count", 4); });
  refusal([&] { fields.integers("count", 0); });
  refusal([&] { fields.integers("list", 2); });
  refusal([&] { fields.strings("list"); });
  refusal([&] { fields.at("nothing"); });
  refusal([] { JsonFields(nlohmann::json::array(), "it"); });
}

}  // namespace
}  // namespace pinwheel
