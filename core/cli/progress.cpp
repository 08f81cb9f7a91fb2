#include "cli/progress.h"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace pinwheel::cli {
namespace {
constexpr int kBarWidth = 28;
constexpr auto kRedraw = std::chrono::milliseconds(100);
}  // namespace

ProgressBar::ProgressBar(std::string title, std::int64_t total)
    : title_(std::move(title)),
      total_(std::max<std::int64_t>(total, 1)),
      terminal_(isatty(STDERR_FILENO) == 1),
      start_(Clock::now()) {}

ProgressBar::~ProgressBar() { clear(); }

void ProgressBar::update(std::int64_t done, const std::string& note) {
  const auto now = Clock::now();
  if (!terminal_ || (now - last_ < kRedraw && done < total_)) return;
  last_ = now;
  draw(done, note, now);
}

void ProgressBar::clear() {
  if (terminal_) std::fputs("\r\033[K", stderr);
}

void ProgressBar::draw(std::int64_t done, const std::string& note, Clock::time_point now) const {
  const double part = std::min(1.0, static_cast<double>(done) / static_cast<double>(total_));
  const double elapsed = std::chrono::duration<double>(now - start_).count();
  const int filled = static_cast<int>(std::lround(part * kBarWidth));
  std::string bar;
  for (int i = 0; i < kBarWidth; ++i) bar += i < filled ? "━" : "╌";
  const std::string left = part > 0.01 ? human_duration(elapsed / part - elapsed) + " left" : "";
  std::fprintf(stderr, "\r\033[K%s %s %3.0f %%  %s  %s", title_.c_str(), bar.c_str(), 100 * part, left.c_str(),
               note.c_str());
  std::fflush(stderr);
}

std::string human_duration(double seconds) {
  const auto whole = static_cast<long long>(std::llround(std::max(0.0, seconds)));
  if (whole < 60) return std::to_string(whole) + " s";
  if (whole < 3600) return std::to_string(whole / 60) + " min " + std::to_string(whole % 60) + " s";
  return std::to_string(whole / 3600) + " h " + std::to_string(whole % 3600 / 60) + " min";
}

}  // namespace pinwheel::cli
