#include "cli/answer_writer.h"

#include <algorithm>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "base/error.h"
#include "data/names.h"
#include "data/readers.h"
#include "galaxy/decision_tree.h"

namespace pinwheel::cli {
namespace {

std::string in_words(const Model& model, const Answers& answers) {
  if (model.is_decision_tree()) {
    return galaxy::describe(galaxy::conditional_from_weighted(galaxy::as_fractions(answers.values)));
  }
  const auto best = std::max_element(answers.values.begin(), answers.values.end());
  const auto index = static_cast<std::size_t>(best - answers.values.begin());
  return model.outputs[index] + " (" + std::to_string(static_cast<int>(100 * *best + 0.5F)) + " %)";
}

class CsvWriter : public AnswerWriter {
 public:
  CsvWriter(std::ostream& out, const Model& model) : out_(out) {
    out_ << "file";
    for (const auto& column : model.outputs) out_ << ',' << csv_field(column);
    out_ << '\n';
  }
  void row(const std::string& file, const Answers& answers) override {
    std::string line = csv_field(file);
    for (const float value : answers.values) line += "," + csv_number(value);
    out_ << line << '\n';
  }

 private:
  std::ostream& out_;
};

class TextWriter : public AnswerWriter {
 public:
  TextWriter(std::ostream& out, const Model& model) : out_(out), model_(model) {}
  void row(const std::string& file, const Answers& answers) override {
    out_ << file << ": " << in_words(model_, answers) << '\n';
  }

 private:
  std::ostream& out_;
  const Model& model_;
};

class JsonWriter : public AnswerWriter {
 public:
  JsonWriter(std::ostream& out, const Model& model) : out_(out), model_(model) {
    out_ << "{\"model\":" << nlohmann::json(model.name).dump() << ",\"galaxies\":[";
  }
  void row(const std::string& file, const Answers& answers) override {
    nlohmann::ordered_json values;
    for (std::size_t i = 0; i < answers.values.size(); ++i) values[model_.outputs[i]] = answers.values[i];
    const nlohmann::ordered_json galaxy{{"file", file}, {"words", in_words(model_, answers)}, {"answers", values}};
    out_ << (first_ ? "\n" : ",\n") << galaxy.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    first_ = false;
  }
  std::size_t finish() override {
    out_ << "\n]}\n";
    return 0;
  }

 private:
  std::ostream& out_;
  const Model& model_;
  bool first_ = true;
};

struct ExpectedIds {
  std::set<std::string> ids, repeated;
};

// The first field of each line: a sample submission, a table, or a plain list; a header is passed over.
ExpectedIds read_ids(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  ExpectedIds expected;
  for (std::string line; std::getline(file, line);) {
    const std::string id = line.substr(0, line.find_first_of(",\r"));
    const bool number = !id.empty() && std::all_of(id.begin(), id.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (number && !expected.ids.insert(id).second) expected.repeated.insert(id);
  }
  if (expected.ids.empty()) throw Error(ErrorCode::kBadFile, path + " holds no IDs: it should have one number a line");
  return expected;
}

// The submission of the Galaxy Zoo challenge. What a grader would refuse, or mark down unseen, is told here.
class KaggleWriter : public AnswerWriter {
 public:
  KaggleWriter(std::ostream& out, const Model& model, const std::string& expected_ids)
      : out_(out), head_(model.head), promises_tree_(head_ == Head::kTree || head_ == Head::kVotes) {
    if (!model.is_decision_tree()) {
      throw Error(ErrorCode::kInvalidArgument,
                  "'" + model.name + "' does not give the 37 answers that the challenge asks for: use --format csv");
    }
    if (!expected_ids.empty()) expect(read_ids(expected_ids), expected_ids);
    out_ << "GalaxyID";
    for (const auto& column : model.outputs) out_ << ',' << column;
    out_ << '\n';
  }

  void row(const std::string& file, const Answers& answers) override {
    const std::string id(without_extension(base_name(file)));
    if (!seen_.insert(id).second) return tell(id + " names two pictures: only the first has a row");
    if (checks_ids_ && missing_.erase(id) == 0) tell(id + " is not among the expected IDs");
    check_tree(id, answers);
    std::string line = id;
    for (const float value : answers.values) line += "," + csv_number(value);
    out_ << line << '\n';
  }

  std::size_t finish() override {
    if (wrong_ > kShown) std::cerr << "… and " << wrong_ - kShown << " more like these\n";
    if (!missing_.empty()) {
      ++wrong_;
      std::cerr << missing_.size() << " expected IDs have no row, the first is " << *missing_.begin() << "\n";
    }
    if (off_tree_ > 0) tell_off_tree();
    return wrong_ + (promises_tree_ ? off_tree_ : 0);
  }

 private:
  // A list that names an ID twice asks for two rows of it; the submission can have one.
  void expect(ExpectedIds expected, const std::string& path) {
    for (const std::string& id : expected.repeated) tell(id + " is there twice in " + path);
    missing_ = std::move(expected.ids);
    checks_ids_ = true;
  }

  // Independent sigmoids promise no sums, so that is worth a line but is no fault; a tree or vote head must keep them.
  void check_tree(const std::string& id, const Answers& answers) {
    const auto fractions = galaxy::as_fractions(answers.values);
    const auto broken = galaxy::check_weighted(fractions);
    if (broken.empty()) return;
    if (off_tree_++ == 0) first_off_tree_ = id + ": " + broken[0];
    largest_miss_ = std::max(largest_miss_, galaxy::largest_miss(fractions));
  }

  void tell_off_tree() const {
    std::cerr << off_tree_ << " of " << seen_.size() << " rows do not add up along the tree of questions, by up to "
              << std::setprecision(2) << largest_miss_ << "; the first is " << first_off_tree_ << ".\n";
    if (promises_tree_) return;
    std::cerr << "They are written as they are: a " << head_name(head_)
              << " head answers each question by itself, and the challenge takes such rows. Where the sums must hold, "
                 "use a model with a tree or votes head (pinwheel train --head tree).\n";
  }

  void tell(const std::string& what) {
    if (wrong_++ < kShown) std::cerr << what << "\n";
  }

  static constexpr std::size_t kShown = 20;  // lines about single IDs
  std::ostream& out_;
  bool checks_ids_ = false;
  Head head_;
  bool promises_tree_;
  std::set<std::string> missing_, seen_;
  std::string first_off_tree_;
  std::size_t wrong_ = 0, off_tree_ = 0;
  float largest_miss_ = 0;
};

}  // namespace

std::unique_ptr<AnswerWriter> make_answer_writer(const std::string& format, std::ostream& out, const Model& model,
                                                 const std::string& expected_ids) {
  if (format == "csv") return std::make_unique<CsvWriter>(out, model);
  if (format == "json") return std::make_unique<JsonWriter>(out, model);
  if (format == "kaggle") return std::make_unique<KaggleWriter>(out, model, expected_ids);
  return std::make_unique<TextWriter>(out, model);
}

}  // namespace pinwheel::cli
