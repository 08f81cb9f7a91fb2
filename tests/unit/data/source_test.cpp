// Folders, zips, zips in zips and single files through one interface.
#include <gtest/gtest.h>

#include "data/names.h"
#include "data/random_access.h"
#include "unit/data/helpers.h"
#include "unit/data/zip_writer.h"

namespace pinwheel {
namespace {

using Names = std::vector<std::string>;

TEST(Source, AFolderIsReadWithItsFoldersSortedWithoutClutter) {
  const TemporaryFolder folder;
  folder.write("b.jpg", "2");
  folder.write("a/x.jpg", "1");
  folder.write("B.jpg", "0");
  folder.write(".DS_Store", "-");
  folder.write("__MACOSX/a/x.jpg", "-");
  const auto source = open_source({folder.path()});
  EXPECT_EQ(names_of(*source), (Names{"B.jpg", "a/x.jpg", "b.jpg"}));
  EXPECT_EQ(text_of(*source, 1), "1");
}

TEST(Source, AZipIsKnownByItsContent) {
  const TemporaryFolder folder;
  const auto path = folder.write("download.bin", ZipWriter().add("a.jpg", "1").add("__MACOSX/a.jpg", "-").text());
  const auto source = open_source({path});
  EXPECT_EQ(names_of(*source), Names{"a.jpg"});
  EXPECT_EQ(text_of(*source, 0), "1");
}

TEST(Source, ZipsInsideAZipAreOpenedStoredOrDeflated) {
  for (const bool deflate : {false, true}) {
    const std::string inner = ZipWriter().add("g/1.jpg", "one").add("g/2.jpg", "two", true).text();
    const auto source =
        open_zip(ZipWriter().add("images.zip", inner, deflate).add("readme.txt", "hi").bytes(), "all.zip");
    EXPECT_EQ(names_of(*source), (Names{"images.zip/g/1.jpg", "images.zip/g/2.jpg", "readme.txt"}));
    EXPECT_EQ(text_of(*source, 1), "two");
  }
}

TEST(Source, ZipsInAFolderAreOpenedToo) {
  const TemporaryFolder folder;
  folder.write("images.zip", ZipWriter().add("1.jpg", "one").text());
  folder.write("labels.csv", "id,class\n1,a\n");
  EXPECT_EQ(names_of(*open_source({folder.path()})), (Names{"images.zip/1.jpg", "labels.csv"}));
}

TEST(Source, AThirdZipInsideIsAFile) {
  const std::string third = ZipWriter().add("x.jpg", "1").text();
  const std::string second = ZipWriter().add("third.zip", third).text();
  const auto source = open_zip(ZipWriter().add("second.zip", second).bytes(), "first.zip");
  EXPECT_EQ(names_of(*source), Names{"second.zip/third.zip"});
}

TEST(Source, ABrokenInnerZipSaysSoWhenItIsRead) {
  const auto source = open_zip(ZipWriter().add("broken.zip", "PK no").add("a.jpg", "1").bytes(), "all.zip");
  EXPECT_EQ(names_of(*source), (Names{"broken.zip", "a.jpg"}));
  expect_error(ErrorCode::kBadFile, "broken.zip is cut off or damaged", [&] { source->read(0); });
}

TEST(Source, SeveralPathsKeepTheirNames) {
  const TemporaryFolder folder;
  const auto a = folder.write("m31.jpg", "1");
  const auto zip = folder.write("more.zip", ZipWriter().add("m51.jpg", "2").text());
  folder.write("set/m81.jpg", "3");
  const auto source = open_source({a, zip, folder.path() / "set"});
  EXPECT_EQ(names_of(*source), (Names{"m31.jpg", "more.zip/m51.jpg", "set/m81.jpg"}));
  EXPECT_EQ(text_of(*source, 0) + text_of(*source, 1) + text_of(*source, 2), "123");
}

TEST(Source, WhatIsNotThereIsNamed) {
  const TemporaryFolder folder;
  expect_error(ErrorCode::kNotFound, "nothing.zip cannot be opened",
               [&] { open_source({folder.path() / "nothing.zip"}); });
}

TEST(Names, Parts) {
  EXPECT_EQ(base_name("a/b/c.jpg"), "c.jpg");
  EXPECT_EQ(parent_name("a/b/c.jpg"), "b");
  EXPECT_EQ(parent_name("c.jpg"), "");
  EXPECT_EQ(extension("a.b/c.JPG"), "jpg");
  EXPECT_EQ(extension("a.b/c"), "");
  EXPECT_EQ(without_extension("b/c.jpeg"), "b/c");
  EXPECT_EQ(without_extension("J010607.17+004633.6"), "J010607.17+004633.6");
}

TEST(Names, Utf8IsKeptAndTheRestMadeUtf8) {
  EXPECT_EQ(utf8_name("\xe2\x98\x85"), "\xe2\x98\x85");
  EXPECT_EQ(utf8_name("\xe2\x98"), "\xc3\xa2\xc2\x98");
  EXPECT_EQ(utf8_name("\xc0\x80"), "\xc3\x80\xc2\x80");              // an overlong zero
  EXPECT_EQ(utf8_name("\xed\xa0\x80"), "\xc3\xad\xc2\xa0\xc2\x80");  // a surrogate
}

}  // namespace
}  // namespace pinwheel
