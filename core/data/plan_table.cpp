// The plan of pictures with a table: rows are matched to pictures, and the target that was asked for is read from them.
#include <algorithm>
#include <array>

#include "base/error.h"
#include "base/text.h"
#include "data/names.h"
#include "data/plan.h"
#include "data/same_galaxy.h"
#include "data/votes.h"

namespace pinwheel {
namespace {

struct Match {
  std::size_t file, row;
};

std::vector<Match> match_rows(const FileSource& source, const std::vector<std::size_t>& pictures,
                              const LabelTable& table, LoadReport& report) {
  std::vector<Match> matches;
  std::vector<Problem> unmatched;
  for (const std::size_t file : pictures) {
    if (const auto row = table.row_of(source.name(file))) {
      matches.push_back({file, *row});
    } else {
      unmatched.push_back({source.name(file), "has no row in " + table.name()});
    }
  }
  if (matches.empty() && !pictures.empty()) {
    throw Error(ErrorCode::kBadFile, "None of the " + std::to_string(pictures.size()) + " pictures has a row in " +
                                         table.name() + ": the first picture is '" + source.name(pictures[0]) +
                                         "', the first row's " + table.header()[table.id_column()] + " is '" +
                                         std::string(table.cell(0, table.id_column())) + "'.");
  }
  report.problems.insert(report.problems.end(), unmatched.begin(), unmatched.end());
  return matches;
}

// Pictures without the answer that was asked for are no fault of theirs: one line for all.
void report_blank(std::size_t count, const LabelTable& table, const std::string& what, LoadReport& report) {
  if (count == 0) return;
  report.problems.push_back({table.name(), std::to_string(count) + (count == 1 ? " picture has " : " pictures have ") +
                                               what + " and " + (count == 1 ? "was" : "were") + " left out"});
}

std::string columns_text(const LabelTable& table) {
  const std::string list = listed(table.header());
  return list.size() <= 300 ? list : list.substr(0, 300) + " …";
}

constexpr std::array<std::string_view, 9> kClassColumns{"class", "label",  "class_name", "classname", "category",
                                                        "type",  "target", "morphology", "labels"};

std::vector<std::size_t> class_columns(const LabelTable& table) {
  std::vector<std::size_t> found;
  for (const std::string_view name : kClassColumns) {
    if (const auto column = table.column(name)) found.push_back(*column);
  }
  // Two columns: one names the picture, the other can only be the class.
  if (found.empty() && table.header().size() == 2) found.push_back(1 - table.id_column());
  return found;
}

std::size_t class_column(const LabelTable& table, const std::string& wanted) {
  if (!wanted.empty()) {
    if (const auto column = table.column(wanted)) return *column;
    throw Error(ErrorCode::kInvalidArgument,
                table.name() + " has no column '" + wanted + "'. It has: " + columns_text(table) + ".");
  }
  const auto found = class_columns(table);
  if (found.size() == 1) return found[0];
  throw Error(ErrorCode::kInvalidArgument, "It is not clear which column of " + table.name() +
                                               " holds the class. Choose one of: " + columns_text(table) + ".");
}

Plan plan_classes(const std::vector<Match>& matches, const LabelTable& table, const LoadOptions& options,
                  LoadReport& report) {
  const std::size_t column = class_column(table, options.label_column);
  std::vector<std::string> labels;
  for (const Match& match : matches) {
    const std::string_view label = table.cell(match.row, column);
    if (!label.empty()) labels.emplace_back(label);
  }
  const std::string& name = table.header()[column];
  if (labels.empty())
    throw Error(ErrorCode::kBadFile, "Column '" + name + "' of " + table.name() + " is blank for every picture.");
  report_blank(matches.size() - labels.size(), table, "nothing in column '" + name + "'", report);
  Plan plan{class_order(std::move(labels)), {}};
  for (const Match& match : matches) {
    const std::string label(table.cell(match.row, column));
    if (!label.empty()) plan.images.push_back({match.file, one_hot(plan.outputs, label), "", false, std::nullopt});
  }
  return plan;
}

// Plans every picture for which read(row) gives 37 numbers; a row that it throws for is reported as that picture's.
template <typename Read>
Plan plan_answers(const FileSource& source, const std::vector<Match>& matches, const LabelTable& table,
                  const std::string& what, LoadReport& report, Read read) {
  Plan plan{vote_columns(), {}};
  std::size_t blank = 0;
  for (const Match& match : matches) {
    try {
      const auto row = read(match.row);
      if (row) plan.images.push_back({match.file, {row->begin(), row->end()}, "", false, std::nullopt});
      blank += !row;
    } catch (const Error& error) {
      report.problems.push_back({source.name(match.file), error.what()});
    }
  }
  report_blank(blank, table, what, report);
  return plan;
}

Plan plan_fractions(const FileSource& source, const std::vector<Match>& matches, const LabelTable& table,
                    LoadReport& report) {
  const auto columns = AnswerColumns::find(table);
  if (!columns) {
    throw Error(ErrorCode::kInvalidArgument,
                table.name() + " lacks some of the 37 columns Class1.1 … Class11.6 (or the catalogue's names, " +
                    std::string(galaxy::answers()[0].catalogue_stem) +
                    "_count and so on). It has: " + columns_text(table) + ".");
  }
  return plan_answers(source, matches, table, "no vote fractions", report,
                      [&](std::size_t row) -> std::optional<galaxy::Fractions> {
                        if (columns->blank(table, row)) return std::nullopt;
                        return columns->weighted(table, row, Unasked::kRefused);
                      });
}

Plan plan_votes(const FileSource& source, const std::vector<Match>& matches, const LabelTable& table,
                const LoadOptions& options, LoadReport& report) {
  const auto guessed = class_columns(table);
  const std::string label = !options.label_column.empty() ? options.label_column
                            : guessed.size() == 1         ? table.header()[guessed[0]]
                                                          : "";
  const VoteReader reader(table, label);
  if (!reader.knows_anything()) {
    throw Error(ErrorCode::kInvalidArgument,
                table.name() + " has neither vote fractions nor classes that the tree of questions knows. It has: " +
                    columns_text(table) + ".");
  }
  return plan_answers(source, matches, table, "no label that answers a question", report,
                      [&](std::size_t row) { return reader.read(row); });
}

Plan plan_targets(const FileSource& source, const std::vector<Match>& matches, const LabelTable& table,
                  const LoadOptions& options, LoadReport& report) {
  switch (options.target_kind) {
    case TargetKind::kClasses:
      return plan_classes(matches, table, options, report);
    case TargetKind::kFractions:
      return plan_fractions(source, matches, table, report);
    case TargetKind::kVotes:
      return plan_votes(source, matches, table, options, report);
  }
  throw Error(ErrorCode::kInternal, "an unknown kind of target");
}

}  // namespace

std::vector<std::string> vote_columns() {
  std::vector<std::string> names;
  for (const galaxy::Answer& answer : galaxy::answers()) names.emplace_back(answer.column);
  return names;
}

Plan plan_from_table(const FileSource& source, const std::vector<std::size_t>& pictures, const LabelTable& table,
                     const LoadOptions& options, LoadReport& report) {
  const auto matches = match_rows(source, pictures, table, report);
  Plan plan = plan_targets(source, matches, table, options, report);
  const std::vector<std::string> groups = same_galaxy_groups(table);
  const auto frame = table.column("frame");
  for (PlannedImage& image : plan.images) {
    const std::size_t row = *table.row_of(source.name(image.file));
    if (!groups.empty()) image.group = groups[row];
    image.fills_frame = frame && table.cell(row, *frame).starts_with("whole");
  }
  return plan;
}

}  // namespace pinwheel
