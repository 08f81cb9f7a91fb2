#include "data/zip_archive.h"

#include <gtest/gtest.h>

#include "unit/data/helpers.h"
#include "unit/data/zip_writer.h"

namespace pinwheel {
namespace {

ZipArchive open(const ZipWriter& zip) { return {open_buffer(zip.bytes()), "sky.zip"}; }

std::string text(const ZipArchive& archive, std::size_t i) {
  const auto bytes = archive.read(i);
  return {bytes.begin(), bytes.end()};
}

void expect_not_opened(const std::vector<std::uint8_t>& bytes, ErrorCode code, const std::string& part) {
  expect_error(code, part, [&] { ZipArchive(open_buffer(bytes), "sky.zip"); });
}

const std::string kLong(10000, 'g');

TEST(ZipArchive, ReadsStoredAndDeflatedEntries) {
  for (const bool zip64 : {false, true}) {
    const auto archive =
        open(ZipWriter(zip64).add("a.txt", "stored").add("b/", "").add("b/c.txt", kLong, true).add("empty", "", true));
    ASSERT_EQ(archive.entries().size(), 3U);
    EXPECT_EQ(archive.entries()[1].name, "b/c.txt");
    EXPECT_EQ(text(archive, 0), "stored");
    EXPECT_EQ(text(archive, 1), kLong);
    EXPECT_EQ(text(archive, 2), "");
  }
}

TEST(ZipArchive, AnEmptyArchiveAndACommentAreFine) {
  EXPECT_TRUE(open(ZipWriter()).entries().empty());
  const std::string with_comment = ZipWriter().add("a", "1").text("PK\x05\x06 in a comment");
  const ZipArchive archive(open_buffer({with_comment.begin(), with_comment.end()}), "sky.zip");
  EXPECT_EQ(text(archive, 0), "1");
}

TEST(ZipArchive, TheLastOfANameCounts) {
  const auto archive = open(ZipWriter().add("a", "old").add("b", "1").add("a", "new"));
  ASSERT_EQ(archive.entries().size(), 2U);
  EXPECT_EQ(text(archive, 1), "new");
}

TEST(ZipArchive, NamesAreMadeReadable) {
  const auto archive = open(ZipWriter().add("a\\b.jpg", "1").add("caf\xe9.jpg", "2").add("caf\xc3\xa9s.jpg", "3"));
  EXPECT_EQ(archive.entries()[0].name, "a/b.jpg");
  EXPECT_EQ(archive.entries()[1].name, "caf\xc3\xa9.jpg");
  EXPECT_EQ(archive.entries()[2].name, "caf\xc3\xa9s.jpg");
}

TEST(ZipArchive, NamesThatLeaveTheArchiveAreRefused) {
  for (const char* name : {"../x.jpg", "a/../../x.jpg", "/etc/x.jpg", "C:/x.jpg", "..\\x.jpg"}) {
    expect_not_opened(ZipWriter().add(name, "1").bytes(), ErrorCode::kBadFile, "points outside the archive");
  }
  EXPECT_EQ(open(ZipWriter().add("a..b/c...jpg", "1")).entries().size(), 1U);
}

TEST(ZipArchive, EveryCutIsRefused) {
  const auto whole = ZipWriter().add("a.txt", "stored").add("b.txt", kLong, true).bytes();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const std::vector<std::uint8_t> cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_THROW(ZipArchive(open_buffer(cut), "sky.zip"), Error) << size;
  }
  expect_not_opened({whole.begin(), whole.end() - 30}, ErrorCode::kBadFile, "sky.zip is cut off or damaged");
}

TEST(ZipArchive, WhatIsNoZipIsCalledSo) {
  const std::string page = "<!DOCTYPE html><title>404</title>";
  expect_not_opened({page.begin(), page.end()}, ErrorCode::kBadFile, "sky.zip is no zip");
  expect_not_opened({}, ErrorCode::kBadFile, "sky.zip is empty");
}

TEST(ZipArchive, OverlappingEntriesAreRefused) {
  const ZipItem same_place{"b", "bbbb", false, -1, -1, 0, 0, 0xFFFF};
  expect_not_opened(ZipWriter().add("a", "aaaa").add(same_place).bytes(), ErrorCode::kBadFile, "overlap");
}

TEST(ZipArchive, EntriesBeyondTheEndAreRefused) {
  const ZipItem beyond{"b", "bbbb", false, -1, -1, 100000, 0, 0xFFFF};
  expect_not_opened(ZipWriter().add(beyond).bytes(), ErrorCode::kBadFile, "lies beyond its end");
}

TEST(ZipArchive, ALyingEntryIsRefusedWhenItIsRead) {
  const auto expect_unreadable = [](const ZipItem& item, ErrorCode code, const std::string& part) {
    const auto archive = open(ZipWriter().add(item).add("good", "fine"));
    expect_error(code, part, [&] { archive.read(0); });
    EXPECT_EQ(text(archive, 1), "fine");
  };
  expect_unreadable({"a.jpg", "xyz", false, -1, 7, -1, 0, 0xFFFF}, ErrorCode::kBadFile,
                    "sky.zip/a.jpg is damaged: its checksum");
  expect_unreadable({"a.jpg", kLong, true, 9000, -1, -1, 0, 0xFFFF}, ErrorCode::kBadFile, "does not unpack");
  expect_unreadable({"a.jpg", kLong, true, 11000, -1, -1, 0, 0xFFFF}, ErrorCode::kBadFile, "does not unpack");
  expect_unreadable({"a.jpg", kLong, true, 255'000'000, -1, -1, 0, 0xFFFF}, ErrorCode::kBadFile,
                    "grow more than 1000 times");
  expect_unreadable({"a.jpg", "xyz", false, 4, -1, -1, 0, 0xFFFF}, ErrorCode::kBadFile, "two sizes");
  expect_unreadable({"a.jpg", "xyz", false, -1, -1, -1, 1, 0xFFFF}, ErrorCode::kUnsupported, "encrypted");
  expect_unreadable({"a.jpg", "xyz", false, -1, -1, -1, 0, 12}, ErrorCode::kUnsupported, "packed by method 12");
}

TEST(ZipArchive, AnEntryThatIsTooLargeIsNotUnpacked) {
  std::string noise(300'000, '\0');
  for (std::size_t i = 0; i < noise.size(); ++i) noise[i] = static_cast<char>(i * i * 2654435761U >> 13);
  const auto archive = open(ZipWriter().add({"a.jpg", noise, false, 256'000'001, -1, -1, 0, 8}));
  expect_error(ErrorCode::kTooLarge, "larger than 256 MB", [&] { archive.read(0); });
}

TEST(ZipArchive, SplitArchivesAreNamed) {
  auto bytes = ZipWriter().add("a", "1").bytes();
  bytes[bytes.size() - 18] = 2;  // number of this disk
  expect_not_opened(bytes, ErrorCode::kUnsupported, "split archive");
}

TEST(ZipArchive, A64BitDirectoryThatPointsNowhereIsRefused) {
  auto bytes = ZipWriter(true).add("a", "1").bytes();
  bytes[bytes.size() - 22 - 12] ^= 0x40;  // offset in the locator
  expect_not_opened(bytes, ErrorCode::kBadFile, "is damaged");
}

}  // namespace
}  // namespace pinwheel
