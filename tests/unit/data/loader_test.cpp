// Loading in steps from bytes in memory, as the page does it.
#include "data/loader.h"

#include <gtest/gtest.h>

#include <thread>

#include "unit/data/helpers.h"
#include "unit/data/zip_writer.h"

namespace pinwheel {
namespace {

LoadOptions small() {
  LoadOptions options;
  options.extent = Extent::image(2, 2, 3);
  options.preprocess.steps = {Resize{2, 2, Resampler::kArea}};
  return options;
}

NamedBytes named(const std::string& name, const std::string& text) {
  return {name, open_buffer({text.begin(), text.end()})};
}

std::shared_ptr<const FileSource> two_classes(int count) {
  std::vector<NamedBytes> files;
  for (int i = 0; i < count; ++i) {
    files.push_back({(i % 2 == 0 ? "a/" : "b/") + std::to_string(i) + ".png", open_buffer(dot(60))});
  }
  return open_source(files);
}

TEST(DatasetLoader, StepsUpToTheEnd) {
  const ThreadPool pool(2);
  DatasetLoader loader(two_classes(50), nullptr, small(), pool);
  EXPECT_EQ(loader.total(), 50);
  EXPECT_EQ(loader.done(), 0);
  std::int64_t before = 0;
  while (loader.step()) {
    EXPECT_GT(loader.done(), before);
    before = loader.done();
  }
  EXPECT_EQ(loader.done(), 50);
  EXPECT_FALSE(loader.step());
  LoadReport report;
  EXPECT_EQ(loader.finish(report).size(), 50);
  EXPECT_EQ(report.images, 50);
}

TEST(DatasetLoader, HandsOutWhatItHasWhenStopped) {
  const ThreadPool pool(1);
  DatasetLoader loader(two_classes(4000), nullptr, small(), pool);
  loader.step();
  LoadReport report;
  const std::int64_t done = loader.done();
  EXPECT_GT(done, 0);
  EXPECT_EQ(loader.finish(report).size(), done);
}

TEST(DatasetLoader, SaysWhyAZipInsideWasNotOpened) {
  const ThreadPool pool(1);
  const std::string pictures = ZipWriter().add("a/1.png", dot_text(60)).add("b/2.png", dot_text(90)).text();
  const std::string third = ZipWriter().add("x.jpg", "1").text();
  const std::string second = ZipWriter().add("third.zip", third).text();
  const auto both =
      ZipWriter().add("cut.zip", pictures.substr(0, 90)).add("deep.zip", second).add("good.zip", pictures);
  DatasetLoader loader(open_zip(both.bytes(), "sky.zip"), nullptr, small(), pool);
  while (loader.step()) continue;
  LoadReport report;
  EXPECT_EQ(loader.finish(report).size(), 2);
  ASSERT_EQ(report.problems.size(), 2U);
  EXPECT_EQ(report.problems[0].file, "cut.zip");
  EXPECT_EQ(report.problems[0].reason.find("is cut off or damaged"), 0U) << report.problems[0].reason;
  EXPECT_EQ(report.problems[1].file, "deep.zip/third.zip");
  EXPECT_NE(report.problems[1].reason.find("three zips deep"), std::string::npos);
  const auto only_cut = ZipWriter().add("cut.zip", pictures.substr(0, 90)).bytes();
  expect_error(ErrorCode::kNotFound, "cut.zip is cut off or damaged",
               [&] { DatasetLoader(open_zip(only_cut, "sky.zip"), nullptr, small(), pool); });
}

// Bytes are asked for on the thread that steps, whatever the pool does.
class OneThreadBytes final : public RandomAccess {
 public:
  OneThreadBytes() : bytes_(dot(60)) {}
  std::uint64_t size() const override { return bytes_.size(); }
  void read(std::uint64_t offset, std::span<std::uint8_t> out) const override {
    EXPECT_EQ(std::this_thread::get_id(), home_);
    std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(offset), out.size(), out.begin());
  }

 private:
  std::thread::id home_ = std::this_thread::get_id();
  std::vector<std::uint8_t> bytes_;
};

TEST(DatasetLoader, ReadsOnTheCallingThreadOnly) {
  const ThreadPool pool(4);
  std::vector<NamedBytes> files;
  for (int i = 0; i < 40; ++i) {
    files.push_back({(i % 2 == 0 ? "a/" : "b/") + std::to_string(i) + ".png", std::make_shared<OneThreadBytes>()});
  }
  DatasetLoader loader(open_source(files), nullptr, small(), pool);
  while (loader.step()) {
  }
  LoadReport report;
  EXPECT_EQ(loader.finish(report).size(), 40);
  EXPECT_TRUE(report.problems.empty());
}

TEST(DatasetLoader, TakesLabelsAsBytes) {
  const ThreadPool pool(1);
  const std::string zip = ZipWriter().add("1.png", dot_text(10)).add("2.png", dot_text(20)).text();
  std::shared_ptr<const FileSource> labels = open_source({named("my labels.csv", "id,class\n1,ring\n2,merger\n")});
  DatasetLoader loader(open_source({named("download", zip)}), labels, small(), pool);
  loader.step();
  LoadReport report;
  const Dataset data = loader.finish(report);
  EXPECT_EQ(data.outputs, (std::vector<std::string>{"merger", "ring"}));
  EXPECT_EQ(data.target(0)[1], 1.0F);
}

TEST(NamedBytes, ZipsAreKnownByTheirContentAndPicturesKeepTheirFolders) {
  const std::string zip = ZipWriter().add("1.jpg", "one").text();
  EXPECT_EQ(names_of(*open_source({named("download", zip)})), (std::vector<std::string>{"1.jpg"}));
  const auto several = open_source({named("set/more", zip), named("set/a/2.jpg", "two"), named("set/.hidden", "x")});
  EXPECT_EQ(names_of(*several), (std::vector<std::string>{"set/more/1.jpg", "set/a/2.jpg"}));
  EXPECT_EQ(text_of(*several, 0) + text_of(*several, 1), "onetwo");
}

TEST(NamedBytes, ABrokenZipAmongOthersSaysSoWhenItIsRead) {
  const auto source =
      open_source({named("cut.zip", "PK\x03\x04 and nothing that a zip should have"), named("a.jpg", "1")});
  expect_error(ErrorCode::kBadFile, "cut.zip is cut off", [&] { source->read(0); });
}

}  // namespace
}  // namespace pinwheel
