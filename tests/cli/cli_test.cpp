// The command line as programs and people meet it: the real binary, run as a process, on galaxies that it rendered
// itself.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "../unit/data/zip_writer.h"
#include "galaxy/decision_tree.h"
#include "process.h"

namespace {
namespace fs = std::filesystem;
using pinwheel::test::read_text;

struct Result {
  int status = 0;
  std::string out, err;
};

void write_text(const fs::path& path, const std::string& text) { std::ofstream(path, std::ios::binary) << text; }

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

// One folder for the whole suite: rendered galaxies and a small model trained on them, made once.
class Cli : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    root_ = fs::temp_directory_path() / ("pinwheel-cli-" + std::to_string(::getpid()));
    fs::create_directories(root_);
    ASSERT_EQ(run("render --out " + sky().string() + " --count 72 --size 64 --seed 5").status, 0);
    const Result trained = run(train_arguments("model", "2"));
    ASSERT_EQ(trained.status, 0) << trained.err;
    record_ = nlohmann::json::parse(trained.out);
  }
  static void TearDownTestSuite() { fs::remove_all(root_); }

  static Result run(const std::string& arguments) {
    const int status = pinwheel::test::run_pinwheel(arguments, root_);
    return {status, read_text(root_ / "stdout"), read_text(root_ / "stderr")};
  }
  static std::string train_arguments(const std::string& name, const std::string& threads) {
    return "train --preset small-cnn --data " + sky().string() + " --out " + (root_ / name).string() +
           " --epochs 2 --batch-size 16 --test 0.2 --seed 3 --json --threads " + threads;
  }
  static std::string long_training(const std::string& name) {
    return "train --preset small-cnn-augmented --data " + sky().string() + " --out " + (root_ / name).string() +
           " --epochs 12 --batch-size 16 --test 0.2 --json --threads 1";
  }
  // Starts that training and stops it, as Ctrl-C does, once there is something to go on from.
  static void interrupt(const std::string& name) {
    const std::string checkpoint = (root_ / name / "checkpoint.safetensors").string();
    const std::string script = std::string(PINWHEEL_CLI) + " " + long_training(name) + " >/dev/null 2>&1 & pid=$!; " +
                               "until [ -f " + checkpoint + " ] || ! kill -0 $pid; do sleep 0.01; done; " +
                               "kill -INT $pid; wait $pid";
    ASSERT_EQ(std::system(script.c_str()), 0);
    ASSERT_TRUE(fs::exists(checkpoint)) << "it was over before it could be stopped";
  }
  static fs::path sky() { return root_ / "sky"; }
  // Everybody saw each of the spirals as a face-on disk with two medium arms: eight of the questions were asked.
  static std::string votes_on_spirals() {
    std::string csv = "GalaxyID";
    for (const auto& column : pinwheel::galaxy::columns()) csv += "," + column;
    const std::vector<std::string> said{"1.2", "2.2", "3.2", "4.1", "5.2", "6.2", "10.2", "11.2"};
    for (const auto& entry : fs::directory_iterator(sky() / "spiral")) {
      csv += "\n" + entry.path().stem().string();
      for (const auto& column : pinwheel::galaxy::columns()) {
        csv += std::find(said.begin(), said.end(), column.substr(5)) == said.end() ? ",0" : ",1";
      }
    }
    write_text(root_ / "votes.csv", csv + "\n");
    return " --data " + (sky() / "spiral").string() + " --labels " + (root_ / "votes.csv").string();
  }
  static std::string model() { return (root_ / "model").string(); }

  static fs::path root_;
  static nlohmann::json record_;
};
fs::path Cli::root_;
nlohmann::json Cli::record_;

TEST_F(Cli, HelpTeachesEveryVerb) {
  const Result help = run("--help");
  EXPECT_EQ(help.status, 0);
  for (const char* verb : {"classify", "baseline", "check", "train", "evaluate", "inspect", "export", "models",
                           "presets", "render", "report", "bench"}) {
    EXPECT_NE(help.out.find(verb), std::string::npos) << verb;
    EXPECT_EQ(run(std::string(verb) + " --help").status, 0) << verb;
  }
}

TEST_F(Cli, CheckTellsWhatIsWrongWithADataSet) {
  const Result clean = run("check --json --data " + sky().string());
  ASSERT_EQ(clean.status, 0) << clean.err;
  const auto fine = nlohmann::json::parse(clean.out);
  EXPECT_EQ(fine["galaxies"], 72);
  EXPECT_EQ(fine["outputs"].size(), 9U);
  const fs::path twice = root_ / "twice";
  fs::copy(sky(), twice, fs::copy_options::recursive);
  fs::copy_file(twice / "spiral" / "000004.png", twice / "star" / "copy.png");
  write_text(twice / "star" / "cut.png", read_text(twice / "spiral" / "000004.png").substr(0, 900));
  const auto wrong = nlohmann::json::parse(run("check --json --data " + twice.string()).out);
  std::map<std::string, std::string> found;
  for (const auto& problem : wrong["problems"]) found[problem["finding"]] = problem["example"];
  EXPECT_EQ(found["contradiction"], "spiral/000004.png = star/copy.png");
  EXPECT_EQ(found["unusable"], "star/cut.png");
  EXPECT_NE(run("check --data " + twice.string()).out.find("decide which label is right"), std::string::npos);
}

TEST_F(Cli, CheckTellsWhyAZipInsideCouldNotBeOpened) {
  const std::string picture = read_text(sky() / "spiral" / "000004.png");
  const std::string images = pinwheel::ZipWriter().add("images/4.png", picture).text();
  const std::string table = pinwheel::ZipWriter().add("solutions.csv", "GalaxyID,class\n4,a\n", true).text();
  const auto packed = pinwheel::ZipWriter().add("images.zip", images).add("solutions.zip", table.substr(0, 40));
  write_text(root_ / "half.zip", packed.text());
  const Result check = run("check --data " + (root_ / "half.zip").string());
  EXPECT_EQ(check.status, 1);
  EXPECT_NE(check.err.find("solutions.zip is cut off or damaged"), std::string::npos) << check.err;
}

// Only where somebody gives a folder of real galaxies (PINWHEEL_DATA): what the card of the shipped model promises.
TEST_F(Cli, TheShippedModelKeepsItsPromiseOnRealGalaxies) {
  const char* data = std::getenv("PINWHEEL_DATA");
  if (data == nullptr || *data == '\0') return;
  const std::string galaxies =
      " --data " + std::string(data) + "/galaxies.zip --labels " + std::string(data) + "/labels.csv";
  const Result classes = run("evaluate --json --label-column cls5 --split test" + galaxies);
  ASSERT_EQ(classes.status, 0) << classes.err;
  EXPECT_GT(nlohmann::json::parse(classes.out)["accuracy"], 0.91);
  const Result fractions = run("evaluate --json --target fractions --split test" + galaxies);
  EXPECT_LT(nlohmann::json::parse(fractions.out)["rmse"], 0.125);
}

TEST_F(Cli, EveryPartOfAnExperimentCanBeChanged) {
  const std::string base =
      "train --preset small-cnn --data " + sky().string() + " --out " + (root_ / "changed").string();
  const Result result =
      run(base +
          " --max-steps 3 --batch-size 8 --learning-rate 0.01 --optimiser nesterov --momentum 0.8 "
          "--schedule cosine --loss bce_sum --rotate 90 --flip-vertical on --seed 9 --init he "
          "--split stratified --test 0.25 --size 48 --crop 0 --resampler area --dropout 0.5 --bgr off");
  ASSERT_EQ(result.status, 0) << result.err;
  const auto recipe = nlohmann::json::parse(read_text(root_ / "changed" / "recipe.json"));
  EXPECT_EQ(recipe["train"]["optimiser"]["kind"], "nesterov");
  EXPECT_EQ(recipe["train"]["optimiser"]["momentum"], 0.8);
  EXPECT_EQ(recipe["train"]["augment"]["flip_vertical"], true);
  EXPECT_EQ(recipe["train"]["loss"], "bce_sum");
  EXPECT_EQ(recipe["network"]["input"], nlohmann::json({48, 48, 3}));
  EXPECT_EQ(recipe["preprocess"]["steps"].size(), 1U);
  EXPECT_EQ(recipe["preprocess"]["bgr"], false);
  EXPECT_EQ(lines_of(read_text(root_ / "changed" / "steps.csv")).size(), 4U);
  EXPECT_EQ(lines_of(read_text(root_ / "changed" / "split.csv")).size(), 73U);
  const auto refusal = [&](const std::string& options) { return run(base + options).err; };
  EXPECT_NE(refusal(" --epochs many").find("--epochs needs a number"), std::string::npos);
  EXPECT_NE(refusal(" --batch-size 0").find("'batch_size' must lie between"), std::string::npos);
  EXPECT_NE(refusal(" --optimiser fast").find("'kind' is wrong"), std::string::npos);
  EXPECT_NE(refusal(" --head votes").find("dirichlet_multinomial"), std::string::npos);
  EXPECT_NE(refusal(" --initialisations 3 --from " + model()).find("--from is one start"), std::string::npos);
}

TEST_F(Cli, ARecipeFileTrainsTheSameWeights) {
  const std::string recipe = (root_ / "model" / "recipe.json").string();
  const Result again = run("train --recipe " + recipe + " --data " + sky().string() + " --out " +
                           (root_ / "again").string() + " --json --threads 1");
  ASSERT_EQ(again.status, 0) << again.err;
  EXPECT_EQ(nlohmann::json::parse(again.out)["weights_hash"], record_["weights_hash"]);
}

TEST_F(Cli, AnInterruptedRunGoesOnBitForBit) {
  const Result whole = run(long_training("whole"));
  ASSERT_EQ(whole.status, 0) << whole.err;
  ASSERT_NO_FATAL_FAILURE(interrupt("halves"));
  const Result resumed = run(long_training("halves") + " --resume");
  ASSERT_EQ(resumed.status, 0) << resumed.err;
  EXPECT_EQ(nlohmann::json::parse(resumed.out)["weights_hash"], nlohmann::json::parse(whole.out)["weights_hash"]);
  const auto steps = [](const std::string& name) { return read_text(root_ / name / "steps.csv"); };
  EXPECT_EQ(steps("halves"), steps("whole"));
}

// As of a run that began with a version that did not count `processor_seconds` yet, and had a column that is gone.
TEST_F(Cli, AResumedRunKeepsToTheColumnsThatAreThere) {
  const fs::path curve = root_ / "older" / "curve.csv";
  ASSERT_NO_FATAL_FAILURE(interrupt("older"));
  const auto before = lines_of(read_text(curve));
  std::string older;
  for (const std::string& line : before) {
    older += (older.empty() ? "mood," : "3,") + line.substr(0, line.rfind(',')) + "\n";
  }
  write_text(curve, older);
  const Result resumed = run(long_training("older") + " --resume");
  ASSERT_EQ(resumed.status, 0) << resumed.err;
  const auto after = lines_of(read_text(curve));
  ASSERT_EQ(after.size(), 14U);  // header, start, twelve epochs
  for (const std::string& line : after) {
    EXPECT_EQ(std::count(line.begin(), line.end(), ','), std::count(after[0].begin(), after[0].end(), ',')) << line;
  }
  EXPECT_EQ(after[0].find("mood,epoch,"), 0U);
  EXPECT_EQ(after.back().find(",12,"), 0U) << after.back();
}

TEST_F(Cli, PresetsAreListedAsPublished) {
  const auto presets = nlohmann::json::parse(run("presets --json").out)["presets"];
  std::map<std::string, nlohmann::json> by_name;
  for (const auto& preset : presets) by_name[preset["name"]] = preset;
  EXPECT_EQ(by_name["two-layer"]["parameters"], 476705);
  EXPECT_EQ(by_name["lesson"]["parameters"], 7164);
  EXPECT_EQ(by_name["lesson"]["outputs"], 4);
  EXPECT_NEAR(by_name["four-block"]["training_mflop"].get<double>(), 2068, 0.5);
  EXPECT_EQ(by_name["convnet"]["input"], "64x64x1");
}

// No time is promised here: only that the figures are there, hang together and could be true.
TEST_F(Cli, BenchGivesFiguresThatHangTogether) {
  const Result result =
      run("bench --preset lesson --preset resnet18 --size 32 --batch 2 --threads 2 --seconds 0.01 --json");
  EXPECT_EQ(result.status, 1);  // a preset has its size already
  EXPECT_NE(result.err.find("lesson-32"), std::string::npos);
  const auto json = nlohmann::json::parse(
      run("bench --preset lesson --preset resnet18-32 --batch 2 --threads 2 --seconds 0.01 --json").out);
  EXPECT_EQ(json["threads"], 2);
  EXPECT_FALSE(json["instruction_set"].get<std::string>().empty());
  ASSERT_EQ(json["measurements"].size(), 4U);
  for (const auto& row : json["measurements"]) {
    const double rate = row["images_per_second"], limit = row["limit_gflops"], gflops = row["gflops"];
    EXPECT_GT(rate, 0) << row;
    EXPECT_GE(row["spread"], 0.0) << row;
    EXPECT_NEAR(row["milliseconds_per_batch"].get<double>() * rate, 2e3, 1e-6) << row;
    EXPECT_NEAR(row["percent_of_limit"].get<double>(), 100 * gflops / limit, 1e-6) << row;
    EXPECT_GT(gflops, 0) << row;
    EXPECT_GT(row["peak_memory_bytes"], 1 << 20) << row;
    EXPECT_EQ(row["repetitions"].size(), 3U) << row;
  }
}

TEST_F(Cli, BenchDescribesTheNetworksThatItTimes) {
  const auto subjects = nlohmann::json::parse(run("bench --describe").out)["subjects"];
  std::map<std::string, nlohmann::json> by_name;
  for (const auto& subject : subjects) by_name[subject["name"]] = subject;
  EXPECT_NEAR(by_name.at("resnet18-224")["inference_flop"].get<double>(), 3627e6, 1e6);
  EXPECT_EQ(by_name.at("resnet18-frozen")["learner"]["layers"].size(), 1U);
  EXPECT_EQ(by_name.at("lesson")["loss"], "cross_entropy");
  EXPECT_EQ(by_name.at("small-cnn")["network"]["input"], nlohmann::json({64, 64, 3}));
}

TEST_F(Cli, ASubmissionIsCheckedAgainstTheTreeAndTheIds) {
  write_text(root_ / "ids.csv", "GalaxyID,Class1.1\n000004,0\n000013,0\n999999,0\n");
  const std::string spirals = "classify --format kaggle " + (sky() / "spiral").string();
  const Result plain = run(spirals);
  ASSERT_EQ(plain.status, 0) << plain.err;
  const auto rows = lines_of(plain.out);
  EXPECT_EQ(rows[0].substr(0, 26), "GalaxyID,Class1.1,Class1.2");
  EXPECT_EQ(rows.size(), 9U);
  EXPECT_EQ(rows[1].substr(0, 7), "000004,");
  const Result checked = run(spirals + " --expected-ids " + (root_ / "ids.csv").string());
  EXPECT_EQ(checked.status, 3);
  EXPECT_NE(checked.err.find("000022 is not among the expected IDs"), std::string::npos) << checked.err;
  EXPECT_NE(checked.err.find("1 expected IDs have no row, the first is 999999"), std::string::npos);
  write_text(root_ / "twice.csv", "GalaxyID\n000004\n000013\n000004\n000004\n");
  const std::string again = (sky() / "spiral" / "000004.png").string();
  const Result twice = run(spirals + " " + again + " --expected-ids " + (root_ / "twice.csv").string());
  EXPECT_EQ(twice.status, 3);
  EXPECT_EQ(lines_of(twice.out).size(), 9U);
  EXPECT_NE(twice.err.find("000004 is there twice in " + (root_ / "twice.csv").string()), std::string::npos);
  EXPECT_NE(twice.err.find("000004 names two pictures"), std::string::npos) << twice.err;
  const Result classes = run("classify --format kaggle --model " + model() + " " + (sky() / "spiral").string());
  EXPECT_EQ(classes.status, 1);
  EXPECT_NE(classes.err.find("37 answers"), std::string::npos);
}

// The challenge took such rows, so they are written; but nobody should believe that they add up.
TEST_F(Cli, ASubmissionOfIndependentAnswersSaysByHowMuchItsSumsMiss) {
  const std::string folder = (root_ / "sigmoid").string();
  const Result trained =
      run("train --preset two-layer --target fractions --max-steps 1 --out " + folder + votes_on_spirals());
  ASSERT_EQ(trained.status, 0) << trained.err;
  const Result written = run("classify --format kaggle --model " + folder + " " + (sky() / "spiral").string());
  EXPECT_EQ(written.status, 0);
  EXPECT_EQ(lines_of(written.out).size(), 9U);
  double largest = 0;
  ASSERT_EQ(std::sscanf(written.err.c_str(),
                        "8 of 8 rows do not add up along the tree of questions, by up to %lf; the first is", &largest),
            1)
      << written.err;
  double from_rows = 0;  // of the first question alone: no more than the largest of all
  for (const std::string& row : lines_of(written.out)) {
    double a = 0, b = 0, c = 0;
    if (std::sscanf(row.c_str(), "%*d,%lf,%lf,%lf", &a, &b, &c) == 3)
      from_rows = std::max(from_rows, std::abs(a + b + c - 1));
  }
  EXPECT_GE(largest, from_rows - 0.05);
  EXPECT_NE(written.err.find("a sigmoid head"), std::string::npos) << written.err;
  EXPECT_NE(written.err.find("--head tree"), std::string::npos) << written.err;
}

TEST_F(Cli, EveryKindOfPictureInAFolderIsTriedAndNamed) {
  const fs::path kinds = root_ / "kinds";
  fs::create_directories(kinds);
  fs::copy_file(fs::path(PINWHEEL_GOLDEN_DIR) / "image" / "rgb.jpg", kinds / "galaxy.jfif");
  write_text(kinds / "phone.heic", std::string("\0\0\0\x18"
                                               "ftypheic\0\0\0\0mif1heic",
                                               24));
  write_text(kinds / "notes.txt", "not a picture");
  const Result result = run("classify --model " + model() + " " + kinds.string());
  EXPECT_EQ(result.status, 3);
  EXPECT_EQ(lines_of(result.out).size(), 1U);
  EXPECT_EQ(result.out.find("galaxy.jfif: "), 0U) << result.out;
  EXPECT_NE(result.err.find("phone.heic"), std::string::npos) << result.err;
  EXPECT_EQ(result.err.find("notes.txt"), std::string::npos) << result.err;
}

TEST_F(Cli, AWrittenSplitIsFollowed) {
  std::string parts = "file,part\n";
  for (int i = 0; i < 72; ++i) {
    char name[16];
    std::snprintf(name, sizeof name, "%06d", i);
    parts += std::string(name) + (i < 50 ? ",train\n" : i < 60 ? ",validation\n" : ",test\n");
  }
  write_text(root_ / "parts.csv", parts);
  const std::string list = " --split-file " + (root_ / "parts.csv").string();
  const Result trained = run(train_arguments("given", "1") + list);
  ASSERT_EQ(trained.status, 0) << trained.err;
  EXPECT_NE(trained.err.find("starts from fresh weights (torch, seed 3)\n"), std::string::npos) << trained.err;
  EXPECT_EQ(nlohmann::json::parse(trained.out)["split_sizes"], nlohmann::json({50, 10, 12}));
  const std::string judge = "evaluate --json --model " + (root_ / "given").string() + " --data " + sky().string();
  EXPECT_EQ(nlohmann::json::parse(run(judge + list).out)["count"], 12);
  EXPECT_NE(run(judge).err.find("who trains and who tests"), std::string::npos);
}

TEST_F(Cli, WrongUseIsStatusOneAndASentence) {
  EXPECT_EQ(run("").status, 1);
  EXPECT_EQ(run("classify --format xml x.jpg").status, 1);
  const Result result = run("classify --model no-such-model " + (sky() / "star").string());
  EXPECT_EQ(result.status, 1);
  EXPECT_NE(result.err.find("no-such-model"), std::string::npos);
}

TEST_F(Cli, TrainingLeavesAModelAndItsRecord) {
  EXPECT_TRUE(fs::exists(root_ / "model" / "config.json"));
  EXPECT_TRUE(fs::exists(root_ / "model" / "model.safetensors"));
  EXPECT_FALSE(fs::exists(root_ / "model" / "checkpoint.safetensors"));
  const auto curve = lines_of(read_text(root_ / "model" / "curve.csv"));
  ASSERT_EQ(curve.size(), 4U);  // header, start, two epochs
  const auto spent = [&](std::size_t row) { return std::stod(curve[row].substr(curve[row].rfind(',') + 1)); };
  EXPECT_EQ(curve[0].substr(curve[0].rfind(',') + 1), "processor_seconds");
  EXPECT_EQ(spent(1), 0);
  EXPECT_GT(spent(2), 0);
  EXPECT_GT(spent(3), spent(2));
  EXPECT_EQ(record_["preset"], "small-cnn");
  EXPECT_GT(record_["test"]["count"].get<int>(), 0);
}

TEST_F(Cli, SameSeedGivesSameWeightsOnAnyThreads) {
  const Result again = run(train_arguments("again", "1"));
  ASSERT_EQ(again.status, 0) << again.err;
  EXPECT_EQ(nlohmann::json::parse(again.out)["weights_hash"], record_["weights_hash"]);
}

TEST_F(Cli, CsvHasARowForEachPictureInInputOrder) {
  const Result result = run("classify --format csv --model " + model() + " " + (sky() / "star").string());
  ASSERT_EQ(result.status, 0) << result.err;
  const auto lines = lines_of(result.out);
  ASSERT_EQ(lines.size(), 9U);
  EXPECT_EQ(lines[0].substr(0, 15), "file,barred_spi");
  EXPECT_EQ(lines[1].substr(0, 11), "000008.png,");
  EXPECT_EQ(lines[2].substr(0, 11), "000017.png,");
  EXPECT_EQ(std::count(lines[1].begin(), lines[1].end(), ','), 9);
}

TEST_F(Cli, LotsThatAreReadAheadKeepTheirOrderOnAnyThreads) {
  const fs::path many = root_ / "many";
  fs::create_directories(many);
  constexpr int kMany = 140;  // more than two lots
  std::vector<std::string> names;
  for (int i = 0; i < kMany; ++i) {
    names.push_back(std::to_string(1000 + i) + ".png");
    fs::copy_file(sky() / "star" / "000008.png", many / names.back());
  }
  write_text(many / names[70], "cut");
  const std::string asked = "classify --format csv --model " + model() + " " + many.string() + " --threads ";
  const Result one = run(asked + "1"), three = run(asked + "3");
  EXPECT_EQ(one.status, 3);
  EXPECT_NE(one.err.find(names[70]), std::string::npos) << one.err;
  EXPECT_EQ(three.out, one.out);
  names.erase(names.begin() + 70);
  const auto rows = lines_of(one.out);
  ASSERT_EQ(rows.size(), names.size() + 1);
  for (std::size_t i = 0; i < names.size(); ++i) EXPECT_EQ(rows[i + 1].rfind(names[i] + ",", 0), 0U) << rows[i + 1];
}

TEST_F(Cli, BrokenPicturesAreNamedAndTheOthersStillWritten) {
  const fs::path good = sky() / "star" / "000008.png", cut = root_ / "cut.png", text = root_ / "page.jpg",
                 empty = root_ / "empty.png";
  write_text(cut, read_text(good).substr(0, 900));
  write_text(text, "<html>not a galaxy</html>");
  write_text(empty, "");
  const Result result = run("classify --format csv --model " + model() + " " + cut.string() + " " + good.string() +
                            " " + text.string() + " " + empty.string() + " " + (root_ / "missing.png").string());
  EXPECT_EQ(result.status, 3);
  const auto rows = lines_of(result.out);
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[1].rfind(good.string() + ",", 0), 0U);
  for (const char* name : {"cut.png", "page.jpg", "empty.png", "missing.png"}) {
    std::size_t naming = 0;
    for (const auto& line : lines_of(result.err)) naming += line.find(name) != std::string::npos;
    EXPECT_EQ(naming, 1U) << name << " in:\n" << result.err;
  }
}

TEST_F(Cli, JsonCarriesTheSameFiguresAsCsv) {
  const std::string file = (sky() / "merger" / "000007.png").string();
  const auto json = nlohmann::json::parse(run("classify --format json --model " + model() + " " + file).out);
  const auto csv = lines_of(run("classify --format csv --model " + model() + " " + file).out);
  ASSERT_EQ(csv.size(), 2U);
  std::istringstream row(csv[1].substr(file.size() + 1)), header(csv[0].substr(5));
  std::string value, column;
  while (std::getline(row, value, ',') && std::getline(header, column, ',')) {
    EXPECT_FLOAT_EQ(json["galaxies"][0]["answers"][column].get<float>(), std::stof(value)) << column;
  }
}

TEST_F(Cli, EvaluateRepeatsTheTestFigureOfTraining) {
  const Result result = run("evaluate --json --model " + model() + " --data " + sky().string());
  ASSERT_EQ(result.status, 0) << result.err;
  const auto figures = nlohmann::json::parse(result.out);
  EXPECT_EQ(figures["count"], record_["test"]["count"]);
  EXPECT_NEAR(figures["accuracy"].get<double>(), record_["test"]["accuracy"].get<double>(), 1e-9);
}

TEST_F(Cli, EvaluateWritesItsFiguresAndWhatWasSaidOfEveryGalaxy) {
  const fs::path folder = root_ / "judged";
  const std::string judge = "evaluate --split all --model " + model() + " --data " + sky().string();
  const Result table = run(judge + " --out " + folder.string());
  ASSERT_EQ(table.status, 0) << table.err;
  for (const char* word : {"accuracy", "AUC", "log-loss", "ECE", "recall", "precision", "confusion"}) {
    EXPECT_NE(table.out.find(word), std::string::npos) << word;
  }
  const auto figures = nlohmann::json::parse(read_text(folder / "metrics.json"));
  for (const char* figure : {"accuracy", "auc", "log_loss", "ece"}) EXPECT_TRUE(figures[figure].is_number()) << figure;
  EXPECT_EQ(nlohmann::json::parse(run(judge + " --json").out), figures);

  const auto lines = lines_of(read_text(folder / "predictions.csv"));
  ASSERT_EQ(lines.size(), 73U);
  EXPECT_EQ(lines[0].find("file,"), 0U);
  const std::size_t classes = figures["outputs"].size();
  int right = 0;  // the accuracy again, from the file
  for (std::size_t row = 1; row < lines.size(); ++row) {
    std::istringstream stream(lines[row]);
    std::string cell;
    std::getline(stream, cell, ',');
    std::vector<double> values;
    while (std::getline(stream, cell, ',')) values.push_back(std::stod(cell));
    ASSERT_EQ(values.size(), 2 * classes);
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(classes);
    right +=
        std::max_element(values.begin(), middle) - values.begin() == std::max_element(middle, values.end()) - middle;
  }
  EXPECT_NEAR(right / 72.0, figures["accuracy"].get<double>(), 1e-9);
}

TEST_F(Cli, EvaluateJudgesEveryQuestionOfTheTree) {
  const std::string judge = "evaluate --split all" + votes_on_spirals();
  const Result json = run(judge + " --json");
  ASSERT_EQ(json.status, 0) << json.err;
  const auto figures = nlohmann::json::parse(json.out);
  EXPECT_GT(figures["log_loss"], 0);
  EXPECT_GT(figures["expected_calibration_error"], 0);
  ASSERT_EQ(figures["question_log_loss"].size(), 11U);
  EXPECT_EQ(figures["question_asked"], nlohmann::json({8, 8, 8, 8, 8, 8, 0, 0, 0, 8, 8}));
  EXPECT_TRUE(figures["question_log_loss"][6].is_null());
  EXPECT_TRUE(figures["question_calibration_error"][0].is_number());
  EXPECT_NEAR(figures["loss"].get<double>(), std::pow(figures["rmse"].get<double>(), 2), 1e-9);
  EXPECT_NE(run(judge).out.find("how many volunteers agreed"), std::string::npos);
}

TEST_F(Cli, ExportAtHalfSizeAnswersNearlyTheSame) {
  const fs::path half = root_ / "half";
  ASSERT_EQ(run("export --half --model " + model() + " --out " + half.string()).status, 0);
  EXPECT_LT(fs::file_size(half / "model.safetensors"), fs::file_size(root_ / "model" / "model.safetensors") * 6 / 10);
  const std::string file = (sky() / "ring" / "000006.png").string();
  const auto full = nlohmann::json::parse(run("classify --format json --model " + model() + " " + file).out);
  const auto rounded = nlohmann::json::parse(run("classify --format json --model " + half.string() + " " + file).out);
  for (const auto& [column, value] : full["galaxies"][0]["answers"].items()) {
    EXPECT_NEAR(rounded["galaxies"][0]["answers"][column].get<double>(), value.get<double>(), 2e-3) << column;
  }
}

TEST_F(Cli, AModelInOneFileAnswersLikeItsFolder) {
  const auto part = [](const char* name) { return pinwheel::ZipItem{name, read_text(fs::path(model()) / name)}; };
  const fs::path packed = root_ / "mine.pinwheel", empty = root_ / "empty.pinwheel", cut = root_ / "cut.pinwheel";
  const std::string whole = pinwheel::ZipWriter().add(part("config.json")).add(part("model.safetensors")).text();
  write_text(packed, whole);
  write_text(empty, pinwheel::ZipWriter().add({"readme.txt", "no model"}).text());
  write_text(cut, whole.substr(0, whole.size() / 2));
  const std::string rest = " --format csv " + (sky() / "spiral").string();
  const Result folder = run("classify --model " + model() + rest),
               file = run("classify --model " + packed.string() + rest);
  ASSERT_EQ(file.status, 0) << file.err;
  EXPECT_EQ(file.out, folder.out);
  for (const auto& broken : {empty, cut}) {
    const Result refused = run("classify --model " + broken.string() + rest);
    EXPECT_EQ(refused.status, 1);
    EXPECT_NE(refused.err.find(broken.filename().string()), std::string::npos) << refused.err;
  }
}

TEST_F(Cli, InspectCountsParameters) {
  const auto preset = nlohmann::json::parse(run("inspect --preset convnet --json").out);
  EXPECT_EQ(preset["parameters"], 327667);
  const auto own = nlohmann::json::parse(run("inspect --json --model " + model()).out);
  std::int64_t sum = 0;
  for (const auto& layer : own["layers"]) sum += layer["parameters"].get<std::int64_t>();
  EXPECT_EQ(own["parameters"].get<std::int64_t>(), sum);
}

TEST_F(Cli, PresetsAreListedWithTheirDocumentedSizes) {
  const auto json = nlohmann::json::parse(run("presets --json").out);
  std::map<std::string, std::int64_t> parameters;
  for (const auto& preset : json["presets"]) parameters[preset["name"]] = preset["parameters"];
  EXPECT_EQ(parameters.at("convnet"), 327667);
  EXPECT_EQ(parameters.at("linnet"), 1240237);
  EXPECT_EQ(parameters.at("small-cnn"), 207205);
  EXPECT_EQ(parameters.at("four-block"), 9310757);
}

TEST_F(Cli, ShippedModelsAreListedAndTheDefaultAnswersInWords) {
  const auto models = nlohmann::json::parse(run("models --json").out)["models"];
  int defaults = 0;
  for (const auto& entry : models) {
    defaults += entry["default"].get<bool>();
    EXPECT_TRUE(fs::exists(fs::path(entry["path"].get<std::string>()) / "config.json"));
    EXPECT_LT(entry["bytes"].get<std::int64_t>(), 4'000'000);
  }
  EXPECT_EQ(defaults, 1);
  const Result words = run("classify " + (sky() / "star" / "000008.png").string());
  EXPECT_EQ(words.status, 0) << words.err;
  EXPECT_EQ(words.out.find(": "), (sky() / "star" / "000008.png").string().size());
}

}  // namespace
