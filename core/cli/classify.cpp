// pinwheel classify: pictures in, answers out (cli/answer_writer says in which form). Unreadable pictures
// are told one line each and never stop the others.
#include <fstream>
#include <iostream>
#include <memory>
#include <optional>
#include <span>

#include "base/error.h"
#include "base/stopwatch.h"
#include "cli/answer_writer.h"
#include "cli/commands.h"
#include "cli/progress.h"
#include "cli/shelf.h"
#include "data/readers.h"
#include "infer/classifier.h"

namespace pinwheel::cli {
namespace {

constexpr std::size_t kChunk = 64;  // decoded at once: bounds memory, keeps every thread busy

struct Options {
  std::vector<std::string> inputs;
  std::string model, format = "text", out, expected_ids;
  std::size_t threads = 0;
  int views = 0;
};

// One picture's fate: what it lies in, then an image, or the reason why there is none.
struct Decoded {
  std::string file;
  std::vector<std::uint8_t> bytes;
  std::optional<Image> image;
  std::string reason;
};

// In a folder or a zip only pictures are meant; a file that was named on its own is always tried.
bool looks_like_picture(const std::string& name) {
  const auto dot = name.rfind('.');
  std::string extension = dot == std::string::npos ? "" : name.substr(dot + 1);
  for (char& c : extension) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  static constexpr std::array kPictures{"jpg", "jpeg", "png", "gif", "bmp", "tif", "tiff", "webp", "fits", "fit"};
  return std::find(kPictures.begin(), kPictures.end(), extension) != kPictures.end();
}

// Everything that was asked for, in input order: (source, index) with the name that a row carries.
struct Listing {
  struct Item {
    const FileSource* source;
    std::size_t index;
    std::string file;
  };
  std::vector<std::unique_ptr<FileSource>> sources;
  std::vector<Item> items;
  std::vector<Decoded> missing;  // inputs that could not even be opened
};

bool is_plain_picture(const std::filesystem::path& path) {
  return std::filesystem::is_regular_file(path) && path.extension() != ".zip" && path.extension() != ".ZIP";
}

void list_input(Listing& listing, const std::string& input) {
  auto source = open_source({input});
  const bool single = is_plain_picture(input) && source->size() == 1;
  for (std::size_t i = 0; i < source->size(); ++i) {
    if (single || looks_like_picture(source->name(i))) {
      listing.items.push_back({source.get(), i, single ? input : source->name(i)});
    }
  }
  listing.sources.push_back(std::move(source));
}

Listing list_inputs(const std::vector<std::string>& inputs) {
  Listing listing;
  for (const auto& input : inputs) {
    try {
      list_input(listing, input);
    } catch (const Error& error) {
      listing.missing.push_back({input, {}, std::nullopt, error.what()});
    }
  }
  return listing;
}

template <typename Work>
void attempt(Decoded& decoded, Work work) {
  if (!decoded.reason.empty()) return;
  try {
    work();
  } catch (const Error& error) {
    decoded.reason = error.what();
  } catch (const std::bad_alloc&) {
    decoded.reason = "out of memory";
  }
}

// Read one after the other, in the archive's order: a zip inside a deflated zip is unpacked from front to back.
std::vector<Decoded> decode_chunk(std::span<const Listing::Item> items, const ThreadPool& pool) {
  std::vector<Decoded> chunk(items.size());
  for (std::size_t i = 0; i < chunk.size(); ++i) {
    chunk[i].file = items[i].file;
    attempt(chunk[i], [&] { chunk[i].bytes = items[i].source->read(items[i].index); });
  }
  pool.for_each(chunk.size(), [&](std::size_t i) {
    attempt(chunk[i], [&] { chunk[i].image = decode_image(chunk[i].bytes, chunk[i].file); });
    chunk[i].bytes = {};
  });
  return chunk;
}

void tell_failure(const Decoded& failed) {
  // Messages name the file themselves; the prefix makes sure that every line does, once.
  const bool named = failed.reason.find(failed.file) != std::string::npos;
  std::cerr << (named ? "" : failed.file + ": ") << failed.reason << "\n";
}

struct Tally {
  std::size_t written = 0, failed = 0;
  std::size_t wrong = 0;  // what the output as a whole lacks, already told
};

void classify_chunk(Classifier& classifier, AnswerWriter& writer, std::vector<Decoded>& chunk, Tally& tally) {
  std::vector<Image> images;
  for (auto& decoded : chunk) {
    if (decoded.image) images.push_back(std::move(*decoded.image));
  }
  const auto answers = classifier.classify_batch(images);
  std::size_t next = 0;
  for (const auto& decoded : chunk) {
    if (decoded.image) {
      writer.row(decoded.file, answers[next++]);
    } else {
      tell_failure(decoded);
    }
  }
  tally.written += images.size();
  tally.failed += chunk.size() - images.size();
}

Tally classify_all(Classifier& classifier, AnswerWriter& writer, const Listing& listing, const ThreadPool& pool) {
  Tally tally;
  ProgressBar bar("classifying", static_cast<std::int64_t>(listing.items.size()));
  for (std::size_t begin = 0; begin < listing.items.size(); begin += kChunk) {
    const std::span<const Listing::Item> items(listing.items);
    std::vector<Decoded> chunk = decode_chunk(items.subspan(begin, std::min(kChunk, items.size() - begin)), pool);
    classify_chunk(classifier, writer, chunk, tally);
    bar.update(static_cast<std::int64_t>(begin + chunk.size()));
  }
  for (const auto& missing : listing.missing) tell_failure(missing);
  tally.failed += listing.missing.size();
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
  const Listing listing = list_inputs(options.inputs);
  if (listing.items.empty() && listing.missing.empty()) {
    throw Error(ErrorCode::kNotFound, "no pictures (JPEG or PNG) in what was given");
  }
  std::ofstream file;
  if (!options.out.empty()) file = open_output(options.out);
  std::ostream& out = options.out.empty() ? std::cout : file;
  const auto writer = make_answer_writer(options.format, out, classifier.model(), options.expected_ids);
  const Stopwatch watch;
  const Tally tally = classify_all(classifier, *writer, listing, pool);
  out.flush();
  if (!out) throw Error(ErrorCode::kBadFile, "the results could not be written completely: is the disk full?");
  const double took = watch.seconds();
  if (listing.items.size() > 1) {
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
