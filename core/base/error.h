// One exception type for everything that can go wrong because of what came in. It is thrown where data enters and
// caught in exactly two places: the wasm boundary and main(). A message names the file or the function, what was wrong
// and what to do; it is never a bare code.
#pragma once

#include <stdexcept>
#include <string>

namespace pinwheel {

enum class ErrorCode {
  kInvalidArgument,  // a value the caller chose cannot work
  kBadFile,          // bytes that are not what they claim to be
  kUnsupported,      // well-formed, but a feature we do not have
  kTooLarge,         // would not fit the limits that keep the page alive
  kNotFound,         // a file, a preset, a model that is not there
  kCancelled,        // the person stopped it
  kInternal,         // a promise inside Pinwheel was broken: a bug
};

class Error : public std::runtime_error {
 public:
  Error(ErrorCode code, const std::string& message) : std::runtime_error(message), code_(code) {}
  ErrorCode code() const { return code_; }

 private:
  ErrorCode code_;
};

// "bad_file" etc.: the stable word a program reads.
const char* error_code_name(ErrorCode code);

}  // namespace pinwheel
