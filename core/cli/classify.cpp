// pinwheel classify: pictures in, answers out (cli/answer_writer says in which form). Unreadable pictures
// are told one line each and never stop the others.
#include <fstream>
#include <iostream>
#include <memory>
#include <utility>

#include "base/error.h"
#include "base/stopwatch.h"
#include "cli/answer_writer.h"
#include "cli/commands.h"
#include "cli/picture_stream.h"
#include "cli/progress.h"
#include "cli/shelf.h"
#include "infer/classifier.h"

namespace pinwheel::cli {
namespace {

struct Options {
  std::vector<std::string> inputs;
  std::string model, format = "text", out, expected_ids;
  std::size_t threads = 0;
  int views = 0;
};

struct Tally {
  std::size_t written = 0, failed = 0;
  std::size_t wrong = 0;  // what the output as a whole lacks, already told
};

void tell_failure(const Unread& failed) {
  // Messages name the file themselves; the prefix makes sure that every line does, once.
  const bool named = failed.reason.find(failed.file) != std::string::npos;
  std::cerr << (named ? "" : failed.file + ": ") << failed.reason << "\n";
}

// What the network is to see of a picture; without pixels where there is nothing to see, and then a reason is left.
Image prepare(const Classifier& classifier, PictureBytes& picture) {
  const std::vector<std::uint8_t> bytes = std::move(picture.bytes);
  if (!picture.reason.empty()) return {};
  try {
    return classifier.seen(decode_image(bytes, picture.file));
  } catch (const Error& error) {
    picture.reason = error.what();
  } catch (const std::bad_alloc&) {
    picture.reason = "out of memory";
  }
  return {};
}

void classify_some(Classifier& classifier, AnswerWriter& writer, std::vector<PictureBytes> pictures,
                   const ThreadPool& pool, Tally& tally) {
  std::vector<Image> images(pictures.size());
  pool.for_each(pictures.size(), [&](std::size_t i) { images[i] = prepare(classifier, pictures[i]); });
  std::vector<Image> good;
  for (std::size_t i = 0; i < images.size(); ++i) {
    if (pictures[i].reason.empty()) good.push_back(std::move(images[i]));
  }
  const auto answers = classifier.classify_seen(good);
  auto next = answers.begin();
  for (const auto& picture : pictures) {
    if (picture.reason.empty()) {
      writer.row(picture.file, *next++);
    } else {
      tell_failure(picture);
    }
  }
  tally.written += good.size();
  tally.failed += pictures.size() - good.size();
}

Tally classify_all(Classifier& classifier, AnswerWriter& writer, PictureStream& stream, const ThreadPool& pool) {
  Tally tally;
  ProgressBar bar("classifying", static_cast<std::int64_t>(stream.size()));
  for (auto pictures = stream.next(); !pictures.empty(); pictures = stream.next()) {
    classify_some(classifier, writer, std::move(pictures), pool, tally);
    bar.update(static_cast<std::int64_t>(tally.written + tally.failed));
  }
  for (const auto& missing : stream.missing()) tell_failure(missing);
  tally.failed += stream.missing().size();
  tally.wrong = writer.finish();
  return tally;
}

std::ofstream open_output(const std::string& path) {
  std::ofstream file(path, std::ios::binary);
  if (!file)
    throw Error(ErrorCode::kBadFile, "cannot write " + path + ": does its folder exist, and may you write there?");
  return file;
}

void classify(const Options& options, Outcome& outcome) {
  const ThreadPool pool(options.threads);
  Classifier classifier(with_views(open_model(options.model), options.views), pool);
  PictureStream stream(options.inputs);
  if (stream.size() == 0 && stream.missing().empty()) {
    throw Error(ErrorCode::kNotFound, "no pictures (JPEG or PNG) in what was given");
  }
  std::ofstream file;
  if (!options.out.empty()) file = open_output(options.out);
  std::ostream& out = options.out.empty() ? std::cout : file;
  const auto writer = make_answer_writer(options.format, out, classifier.model(), options.expected_ids);
  const Stopwatch watch;
  const Tally tally = classify_all(classifier, *writer, stream, pool);
  out.flush();
  if (!out) throw Error(ErrorCode::kBadFile, "the results could not be written completely: is the disk full?");
  const double took = watch.seconds();
  if (stream.size() > 1) {
    std::cerr << tally.written << " galaxies in " << human_duration(took);
    if (tally.failed > 0) std::cerr << "; " << tally.failed << " files could not be read";
    std::cerr << "\n";
  }
  if (tally.failed + tally.wrong > 0) outcome.status = kSomeFilesFailed;
}

}  // namespace

void add_classify(CLI::App& app, Outcome& outcome) {
  auto* command = app.add_subcommand("classify", "Judge the shapes of galaxies in pictures");
  command->footer(
      "Reads JPEG and PNG: files, whole folders, zips. `--format csv` writes `file` and one column an answer\n"
      "(weighted vote fractions for the 37 answers of Galaxy Zoo, probabilities for classes), one row a picture in\n"
      "input order. Pictures that cannot be read are named on standard error; the exit status is then 3.\n"
      "`--format kaggle` writes the challenge's submission: GalaxyID from each file's name, the 37 columns, checked.");
  auto options = std::make_shared<Options>();
  command->add_option("inputs", options->inputs, "Pictures, folders or zips")->required();
  command->add_option("--model", options->model, "Model folder, file or shipped name (default: the shipped one)");
  command->add_option("--format", options->format, "text, csv, json or kaggle")
      ->check(CLI::IsMember({"text", "csv", "json", "kaggle"}));
  command->add_option("--expected-ids", options->expected_ids, "Of kaggle: a CSV or list of the IDs that must be there")
      ->check(CLI::ExistingFile);
  command->add_option("--out", options->out, "Write here instead of standard output");
  add_views_option(*command, options->views);
  command->add_option("--threads", options->threads, "Threads (default: as many as the machine has)");
  command->callback([options, &outcome] { classify(*options, outcome); });
}

}  // namespace pinwheel::cli
