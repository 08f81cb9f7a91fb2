// Arrays as galaxies, against files that numpy, h5py, pickle and gzip wrote (tools/make_golden_arrays.py); and files
// that lie about themselves, each of which must be refused in words.
#include "data/array_source.h"

#include <iterator>

#include "data/random_access.h"
#include "unit/data/helpers.h"
#include "unit/data/zip_writer.h"

namespace pinwheel {
namespace {

using Bytes = std::vector<std::uint8_t>;
using Parts = std::vector<Part>;
constexpr std::size_t kHeight = 8, kWidth = 7;

Bytes golden(const std::string& name) {
  std::ifstream in(std::filesystem::path(PINWHEEL_GOLDEN_DIR) / "arrays" / name, std::ios::binary);
  EXPECT_TRUE(in) << name;
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::unique_ptr<FileSource> open(Bytes bytes, const std::string& name) {
  return open_arrays({{name, open_buffer(std::move(bytes))}});
}
std::unique_ptr<FileSource> open_golden(const std::string& name) { return open(golden(name), name); }

// The formula of make_golden_arrays.py.
Bytes picture(std::size_t n, std::size_t channels) {
  Bytes pixels;
  for (std::size_t y = 0; y < kHeight; ++y) {
    for (std::size_t x = 0; x < kWidth; ++x) {
      for (std::size_t c = 0; c < channels; ++c) {
        pixels.push_back(static_cast<std::uint8_t>((7 * n + 31 * y + 13 * x + 101 * c) % 251));
      }
    }
  }
  return pixels;
}

void expect_picture(const FileSource& source, std::size_t i, std::size_t n, std::size_t channels) {
  const Image image = source.picture(i, source.read(i));
  EXPECT_EQ(image.height, static_cast<std::int64_t>(kHeight));
  EXPECT_EQ(image.width, static_cast<std::int64_t>(kWidth));
  EXPECT_EQ(image.channels, static_cast<std::int64_t>(channels));
  EXPECT_EQ(image.pixels, picture(n, channels)) << source.name(i);
}

bool is_hdf5(const std::string& name) { return name.find(".h5") != std::string::npos; }
bool reads_hdf5() {
  try {
    open_golden("plain.h5");
  } catch (const Error& error) {
    return error.code() != ErrorCode::kUnsupported;
  }
  return true;
}

const std::vector<std::string> kPlain{"plain.npz",   "packed.npz",   "float.npz",      "float255.npz",
                                      "one_hot.npz", "plain.npz.gz", "plain.h5",       "packed.h5",
                                      "plain.h5.gz", "blocks.h5",    "blocks_float.h5"};
const std::vector<std::string> kPickles{"protocol2.pickle", "protocol3.pickle", "protocol4.pickle", "protocol5.pickle",
                                        "protocol4.pickle.gz"};

TEST(ArraySource, EveryContainerGivesTheSamePixelsAndLabels) {
  for (const std::string& name : kPlain) {
    if (is_hdf5(name) && !reads_hdf5()) continue;
    const auto source = open_golden(name);
    ASSERT_EQ(source->size(), 6U) << name;
    for (const std::size_t i : {0U, 5U, 2U}) expect_picture(*source, i, i, 3);
    EXPECT_EQ(source->labels()->of_picture, (std::vector<int>{0, 1, 2, 0, 1, 2})) << name;
    EXPECT_EQ(source->labels()->classes.size(), 3U) << name;
    EXPECT_TRUE(source->labels()->parts.empty()) << name;
  }
}

TEST(ArraySource, PicturesWithoutChannelsAreGrey) { expect_picture(*open_golden("grey.npz"), 3, 3, 1); }

TEST(ArraySource, PicklesOfFourArraysKeepTheirSplit) {
  for (const std::string& name : kPickles) {
    const auto source = open_golden(name);
    ASSERT_EQ(source->size(), 7U) << name;
    for (std::size_t i = 0; i < source->size(); ++i) expect_picture(*source, i, i, 1);
    EXPECT_EQ(source->labels()->of_picture, (std::vector<int>{0, 1, 2, 3, 4, 0, 1})) << name;
    EXPECT_EQ(source->labels()->classes.size(), 5U) << name;
    EXPECT_EQ(source->labels()->parts,
              (Parts{Part::kTrain, Part::kTrain, Part::kTrain, Part::kTrain, Part::kTrain, Part::kTest, Part::kTest}));
  }
}

TEST(ArraySource, NamesOfTrainingAndTestGoBeforeTheirOrder) {
  const auto source = open_golden("split.npz");  // x_test, x_train, y_test, y_train, all of three rows
  expect_picture(*source, 0, 3, 3);
  expect_picture(*source, 3, 0, 3);
  EXPECT_EQ(source->labels()->of_picture, (std::vector<int>{1, 2, 0, 0, 1, 2}));
  EXPECT_EQ(source->labels()->parts,
            (Parts{Part::kTest, Part::kTest, Part::kTest, Part::kTrain, Part::kTrain, Part::kTrain}));
}

TEST(ArraySource, APairOfFilesIsASplit) {
  const auto source = open_arrays(
      {{"train.npz", open_buffer(golden("plain.npz"))}, {"test.npz.gz", open_buffer(golden("plain.npz.gz"))}});
  ASSERT_EQ(source->size(), 12U);
  expect_picture(*source, 11, 5, 3);
  EXPECT_EQ(source->labels()->parts.front(), Part::kTrain);
  EXPECT_EQ(source->labels()->parts.back(), Part::kTest);
}

TEST(ArraySource, MoreClassesInASecondFileAreCounted) {
  const auto source =
      open_arrays({{"a.npz", open_buffer(golden("one_hot.npz"))}, {"b.npz", open_buffer(golden("ten.npz"))}});
  EXPECT_EQ(source->labels()->classes.size(), 10U);
}

Dataset load(const FileSource& source, const std::string& grouping) {
  LoadOptions options;
  options.extent = Extent::image(4, 4, 3);
  options.preprocess.steps = {Resize{4, 4, Resampler::kArea}};
  options.grouping = grouping;
  LoadReport report;
  return load_dataset(source, {}, options, ThreadPool(1), report);
}

TEST(ArraySource, TenClassesAreGroupedIntoFive) {
  const auto source = open_golden("ten.npz");
  EXPECT_EQ(load(*source, "").size(), 10);
  EXPECT_EQ(load(*source, "galaxy10-5subset").size(), 5);
  const Dataset merged = load(*source, "galaxy10-5merged");
  EXPECT_EQ(merged.size(), 10);
  EXPECT_EQ(merged.outputs.size(), 5U);
  EXPECT_EQ(merged.target(3)[2], 1.0F);
  expect_error(ErrorCode::kInvalidArgument, "of ten classes",
               [] { load(*open_golden("plain.npz"), "galaxy10-5merged"); });
}

// Opens and reads all of it: a cut may show only then.
void read_all(const Bytes& bytes, const std::string& name) {
  const auto source = open(bytes, name);
  for (std::size_t i = 0; i < source->size(); ++i) source->picture(i, source->read(i));
}

TEST(ArraySource, EveryCutIsRefused) {
  auto names = kPlain;
  names.insert(names.end(), kPickles.begin(), kPickles.end());
  for (const std::string& name : names) {
    const Bytes whole = golden(name);
    if (is_hdf5(name) && !reads_hdf5()) continue;
    for (std::size_t size = 0; size < whole.size(); ++size) {
      const Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
      EXPECT_THROW(read_all(cut, name), Error) << name << " cut to " << size;
    }
  }
}

TEST(ArraySource, WhatIsNoGalaxiesIsRefusedInWords) {
  const struct {
    const char* name;
    ErrorCode code;
    const char* part;
  } cases[] = {
      {"four_channels.npz", ErrorCode::kBadFile, "it has data (6,8,7,4), labels (6)"},
      {"no_pictures.npz", ErrorCode::kBadFile, "holds no pictures"},
      {"fewer_labels.npz", ErrorCode::kBadFile, "holds no labels for its 6 pictures"},
      {"half_labels.npz", ErrorCode::kBadFile, "label at row 0"},
      {"negative_labels.npz", ErrorCode::kBadFile, "label at row 0"},
      {"two_hot.npz", ErrorCode::kBadFile, "label at row 0"},
      {"words.npz", ErrorCode::kUnsupported, "values of type '<U6'"},
      {"complex.npz", ErrorCode::kUnsupported, "values of type '<c8'"},
      {"object.npz", ErrorCode::kUnsupported, "values of type '|O'"},
      {"fortran.npz", ErrorCode::kUnsupported, "Fortran order"},
      {"fortran4.pickle", ErrorCode::kUnsupported, "Fortran order"},
      {"fortran5.pickle", ErrorCode::kUnsupported, "Fortran order"},
      {"object.pickle", ErrorCode::kUnsupported, "values of type 'O8'"},
      {"dictionary.pickle", ErrorCode::kBadFile, "numpy.savez"},
      {"system.pickle", ErrorCode::kUnsupported, "wants to call posix.system"},
      {"eval.pickle", ErrorCode::kUnsupported, "wants to call builtins.eval"},
      {"holds_itself.pickle", ErrorCode::kBadFile, "too tangled"},
      {"doubling.pickle", ErrorCode::kBadFile, "too tangled"},
      {"nothing_but_headers.pickle", ErrorCode::kBadFile, "cut off"},
  };
  for (const auto& refused : cases) {
    SCOPED_TRACE(refused.name);
    expect_error(refused.code, refused.part, [&] { open_golden(refused.name); });
    expect_error(refused.code, refused.name, [&] { open_golden(refused.name); });
  }
}

std::string npy(const std::string& shape, const std::string& numbers, const std::string& type = "|u1") {
  std::string header = "{'descr': '" + type + "', 'fortran_order': False, 'shape': " + shape + ", }";
  header.resize(117, ' ');
  return std::string("\x93NUMPY\x01\x00", 8) + static_cast<char>(header.size() + 1) + '\0' + header + "\n" + numbers;
}

TEST(ArraySource, APictureWithoutAnyNumberIsRefusedByItself) {
  const std::string nan("\x00\x00\xC0\x7F", 4), half("\x00\x00\x00\x3F", 4);
  const std::string pictures = npy("(3, 1, 2)", nan + nan + nan + half + half + half, "<f4");
  const auto source =
      open(ZipWriter().add("data.npy", pictures).add("labels.npy", npy("(3,)", "010")).bytes(), "s.npz");
  expect_error(ErrorCode::kBadFile, "s.npz/data/0 has no number in any of its pixels", [&] { source->read(0); });
  EXPECT_EQ(source->read(1), (Bytes{0, 128}));  // here and there one that is none is black
  EXPECT_EQ(source->read(2), (Bytes{128, 128}));
}

TEST(ArraySource, Hdf5InMemoryIsNeverTakenForAnotherFile) {
  if (!reads_hdf5()) GTEST_SKIP() << "no HDF5 in this build";
  const auto twins =
      open_arrays({{"sky.h5", open_buffer(golden("plain.h5"))}, {"sky.h5", open_buffer(golden("later.h5"))}});
  expect_picture(*twins, 0, 0, 3);
  expect_picture(*twins, 6, 6, 3);
  const auto on_disk = (std::filesystem::path(PINWHEEL_GOLDEN_DIR) / "arrays" / "later.h5").string();
  expect_picture(*open(golden("plain.h5"), on_disk), 0, 0, 3);
}

TEST(ArraySource, AMemberWithAWrongChecksumIsToldWithItsLastPicture) {
  for (const bool deflate : {false, true}) {
    ZipItem pictures{"data.npy", npy("(2, 2, 2)", "12345678"), deflate, -1, 7, -1, 0, 0xFFFF};
    const auto source = open(ZipWriter().add(pictures).add("labels.npy", npy("(2,)", "01")).bytes(), "sky.npz");
    EXPECT_NO_THROW(source->read(0));
    expect_error(ErrorCode::kBadFile, "sky.npz/data.npy is damaged: its checksum", [&] { source->read(1); });
  }
}

TEST(ArraySource, Hdf5ThatPointsToOtherFilesIsNotFollowed) {
  if (!reads_hdf5()) GTEST_SKIP() << "no HDF5 in this build";
  for (const char* name : {"link_outside.h5", "numbers_outside.h5"}) {
    const auto path = std::filesystem::path(PINWHEEL_GOLDEN_DIR) / "arrays" / name;
    expect_error(ErrorCode::kBadFile, "it has ans (6)", [&] { open_source({path}); });
  }
}

void expect_npz_refused(const std::string& shape, const std::string& part) {
  const Bytes bytes = ZipWriter().add("data.npy", npy(shape, "1234"), true).add("labels.npy", npy("(1,)", "0")).bytes();
  expect_error(ErrorCode::kBadFile, part, [&] { open(bytes, "sky.npz"); });
}

TEST(ArraySource, HeadersThatClaimTooMuchAreRefused) {
  expect_npz_refused("(1, 65536, 65536)", "cut off");
  expect_npz_refused("(4294967296, 1, 1)", "cut off");
  expect_npz_refused("(9223372036854775807, 9223372036854775807, 3)", "cut off");
  expect_npz_refused("(-1, 2, 2)", "negative dimension");
  expect_npz_refused("()", "single number");
  expect_npz_refused("(1, 1, 1, 1, 1, 1, 1, 1, 4)", "more dimensions");
}

TEST(ArraySource, AGzipThatClaimsMoreThanDeflateCanIsRefused) {
  Bytes bytes = golden("plain.npz.gz");
  std::fill(bytes.end() - 4, bytes.end(), std::uint8_t{0xFF});
  expect_error(ErrorCode::kBadFile, "claims to unpack to 4294967295 bytes", [&] { open(bytes, "sky.gz"); });
}

TEST(ArraySource, MembersThatLeaveTheArchiveAreRefused) {
  const Bytes bytes = ZipWriter().add("../data.npy", npy("(1, 2, 2)", "1234")).bytes();
  expect_error(ErrorCode::kBadFile, "", [&] { open(bytes, "sky.npz"); });
}

TEST(ArraySource, AreKnownByContent) {
  EXPECT_TRUE(holds_arrays(open_buffer(golden("plain.npz"))));
  EXPECT_TRUE(holds_arrays(open_buffer(golden("plain.h5"))));
  EXPECT_TRUE(holds_arrays(open_buffer(golden("protocol4.pickle"))));
  EXPECT_FALSE(holds_arrays(open_buffer(ZipWriter().add("a.jpg", "1").bytes())));
  EXPECT_FALSE(holds_arrays(open_buffer({})));
}

}  // namespace
}  // namespace pinwheel
