// What can be told from a file's name alone: its parts, whether it may be a picture or a table, and whether it is
// clutter that an operating system left behind.
#pragma once

#include <string>
#include <string_view>

namespace pinwheel {

std::string lower(std::string_view text);
std::string_view base_name(std::string_view name);    // after the last '/'
std::string_view parent_name(std::string_view name);  // the folder right above: "b" of "a/b/c.jpg"; empty at the root
std::string_view without_extension(std::string_view name);
std::string extension(std::string_view name);  // "jpg", lower case; empty when there is none

bool is_picture_name(std::string_view name);  // also kinds that cannot be decoded: they are reported, not passed over
bool is_csv_name(std::string_view name);
bool is_zip_name(std::string_view name);
bool is_clutter(std::string_view name);   // __MACOSX, .DS_Store, Thumbs.db, anything hidden
bool leaves_root(std::string_view name);  // absolute, with "..", a drive or a NUL

// Valid UTF-8 as it is; anything else read as Latin-1, so that every name can be shown and stays different from others.
std::string utf8_name(std::string_view raw);

}  // namespace pinwheel
