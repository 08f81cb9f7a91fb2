#include <gtest/gtest.h>

#include "unit/data/helpers.h"

namespace pinwheel {
namespace {

using Rows = std::vector<std::vector<std::string>>;

TEST(Csv, PlainQuotedAndEmptyFields) {
  EXPECT_EQ(parse_csv("a,b\n1,2\n", "x.csv"), (Rows{{"a", "b"}, {"1", "2"}}));
  EXPECT_EQ(parse_csv("a,b\r\n\"x, \"\"y\"\"\nz\",\r\n", "x.csv"), (Rows{{"a", "b"}, {"x, \"y\"\nz", ""}}));
  EXPECT_EQ(parse_csv("a,b\n1,", "x.csv"), (Rows{{"a", "b"}, {"1", ""}}));
  EXPECT_EQ(parse_csv("a,b\r1,2", "x.csv"), (Rows{{"a", "b"}, {"1", "2"}}));
}

TEST(Csv, ByteOrderMarkAndBlankLinesArePassedOver) {
  EXPECT_EQ(parse_csv("\xef\xbb\xbf"
                      "a\n\n1\n\n",
                      "x.csv"),
            (Rows{{"a"}, {"1"}}));
  EXPECT_TRUE(parse_csv("", "x.csv").empty());
}

TEST(Csv, RaggedRowsAndQuotesAreNamedByLine) {
  expect_error(ErrorCode::kBadFile, "x.csv: line 3 has 1 fields, but the header has 2",
               [] { parse_csv("a,b\n1,2\n3\n", "x.csv"); });
  expect_error(ErrorCode::kBadFile, "line 2 opens a quote that is never closed",
               [] { parse_csv("a\n\"1\n2\n", "x.csv"); });
  expect_error(ErrorCode::kBadFile, "line 3 goes on after a closing quote",
               [] { parse_csv("a\n\"1\n2\"3\n", "x.csv"); });
}

}  // namespace
}  // namespace pinwheel
