// For tests of refusals: "this throws that code, and the message names this".
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "base/error.h"

namespace pinwheel::test {

// The message, after checking the code; fails when nothing was thrown.
template <typename Action>
std::string message_of(ErrorCode code, Action action) {
  try {
    action();
  } catch (const Error& error) {
    EXPECT_EQ(error_code_name(error.code()), std::string(error_code_name(code))) << error.what();
    return error.what();
  }
  ADD_FAILURE() << "nothing was thrown";
  return {};
}

inline bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace pinwheel::test
