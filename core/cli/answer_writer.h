// How answers leave the command line: a sentence for a person, CSV or JSON for a program, the challenge's submission.
#pragma once

#include <cstddef>
#include <memory>
#include <ostream>
#include <string>

#include "infer/classifier.h"

namespace pinwheel::cli {

class AnswerWriter {
 public:
  virtual ~AnswerWriter() = default;
  virtual void row(const std::string& file, const Answers& answers) = 0;
  // Ends the output; returns how many things were wrong with the whole of it, each already told on standard error.
  virtual std::size_t finish() { return 0; }
};

// format: text, csv, json or kaggle. expected_ids (kaggle): a file with the IDs that the submission must have, or "".
// Throws Error(kInvalidArgument) when the model cannot answer in that format.
std::unique_ptr<AnswerWriter> make_answer_writer(const std::string& format, std::ostream& out, const Model& model,
                                                 const std::string& expected_ids);

}  // namespace pinwheel::cli
