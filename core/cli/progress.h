// One line on standard error that says how far a long job is and how long it will take; on a terminal it is redrawn in
// place, elsewhere it stays silent so that logs are not flooded.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace pinwheel::cli {

class ProgressBar {
 public:
  ProgressBar(std::string title, std::int64_t total);
  ~ProgressBar();

  // `note` stands behind the bar ("loss 0.0412"). Redraws at most ten times a second.
  void update(std::int64_t done, const std::string& note = {});
  void clear();

 private:
  using Clock = std::chrono::steady_clock;
  void draw(std::int64_t done, const std::string& note, Clock::time_point now) const;

  std::string title_;
  std::int64_t total_;
  bool terminal_;
  Clock::time_point start_, last_{};
};

// "42 s", "3 min 20 s", "1 h 5 min".
std::string human_duration(double seconds);

}  // namespace pinwheel::cli
