#include "report/svg.h"

#include <gtest/gtest.h>

#include <array>
#include <limits>
#include <string>

#include "support/xml_check.h"

namespace pinwheel::report {
namespace {

TEST(XmlCheck, NoticesWhatAWriterGetsWrong) {
  EXPECT_EQ(test::xml_problem("<a b=\"c &amp; d\"><e/>text</a>"), "");
  for (const char* wrong : {"<a>", "<a></b>", "<a b=c/>", "<a b=\"1\" b=\"2\"/>", "<a>&</a>", "<a>&nbsp;</a>",
                            "<a/><b/>", "<a b=\"<\"/>", "a", "<a>\x01</a>"}) {
    EXPECT_NE(test::xml_problem(wrong), "") << wrong;
  }
}

TEST(Escape, KeepsTextAndItsMeaning) {
  EXPECT_EQ(escape("<a href=\"x\">Tom & 'Jerry'"), "&lt;a href=&quot;x&quot;&gt;Tom &amp; &#39;Jerry&#39;");
  EXPECT_EQ(escape("Größe 宇宙 🌀"), "Größe 宇宙 🌀");
}

TEST(Escape, ReplacesWhatIsNoTextAtAll) {
  const std::string replacement = "\xEF\xBF\xBD";
  EXPECT_EQ(escape(std::string_view("a\0b", 3)), "a" + replacement + "b");
  EXPECT_EQ(escape("\x1B[0m"), replacement + "[0m");
  EXPECT_EQ(escape("\xFFx"), replacement + "x");
  EXPECT_EQ(escape("\xC0\xAF"), replacement + replacement);          // overlong
  EXPECT_EQ(escape("\xE2\x82"), replacement + replacement);          // cut off
  EXPECT_EQ(escape("\xED\xA0\x80").size(), 3 * replacement.size());  // surrogate
  EXPECT_EQ(escape("\xEF\xBF\xBF"), replacement);                    // U+FFFF is not XML's
}

TEST(SvgNumber, IsShortAndPlain) {
  EXPECT_EQ(svg_number(12), "12");
  EXPECT_EQ(svg_number(0.125), "0.13");
  EXPECT_EQ(svg_number(-0.001), "0");
  EXPECT_EQ(svg_number(1234.5), "1234.5");
  EXPECT_EQ(svg_number(std::numeric_limits<double>::quiet_NaN()), "0");
}

TEST(Base64, OfTheStandardsExamples) {  // RFC 4648, section 10
  const auto coded = [](std::string_view text) {
    return base64({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  };
  EXPECT_EQ(coded(""), "");
  EXPECT_EQ(coded("f"), "Zg==");
  EXPECT_EQ(coded("fo"), "Zm8=");
  EXPECT_EQ(coded("foo"), "Zm9v");
  EXPECT_EQ(coded("foobar"), "Zm9vYmFy");
}

TEST(Svg, IsWellFormedWhateverIsSaid) {
  Svg svg(100, 50, "a < b & \"c\"", "text{fill:#fff}");
  svg.rect({1, 2, 3, 4}, "fill0", "5 > 4", 0.5);
  svg.text({1, 2}, "</svg><script>alert(1)</script>", "ink");
  const std::array<Point, 2> points{{{0, 0}, {1, 1}}};
  svg.polyline(points, "line0");
  svg.image({0, 0, 10, 10}, {1, 1, 3, {1, 2, 3}}, "one pixel");
  const std::string document = std::move(svg).finish();
  EXPECT_EQ(test::xml_problem(document), "");
  EXPECT_EQ(document.find("<script"), std::string::npos);
  EXPECT_NE(document.find("data:image/png;base64,iVBOR"), std::string::npos);
}

}  // namespace
}  // namespace pinwheel::report
