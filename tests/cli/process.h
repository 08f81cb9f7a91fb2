// The real binary, run as a process.
#pragma once

#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace pinwheel::test {

inline std::string read_text(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// pinwheel with these arguments; what it says goes to the files stdout and stderr in the folder. The exit status, or -1
// when it died.
inline int run_pinwheel(const std::string& arguments, const std::filesystem::path& folder) {
  const std::string command = std::string(PINWHEEL_CLI) + " " + arguments + " >" + (folder / "stdout").string() +
                              " 2>" + (folder / "stderr").string();
  const int status = std::system(command.c_str());
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace pinwheel::test
