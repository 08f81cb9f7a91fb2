#include "report/page.h"

#include "report/svg.h"

namespace pinwheel::report {
namespace {

constexpr std::string_view kDark = ":root{color-scheme:dark;--sky:#090d17;--ink:#f2ebde;--soft:#a7aebf;--blue:#8db8f8}";
constexpr std::string_view kLight =
    ":root{color-scheme:light;--sky:#fbf9f4;--ink:#171b26;--soft:#545b6b;--blue:#1b57a3}";
constexpr std::string_view kForm =
    "*{box-sizing:border-box}"
    "body{margin:0;background:var(--sky);color:var(--ink);line-height:1.5;"
    "font-family:Figtree,Figtree Variable,system-ui,Segoe UI,Roboto,DejaVu Sans,sans-serif}"
    "header,main,footer{max-width:1000px;margin:0 auto;padding:0 clamp(16px,4vw,56px)}"
    "header{padding-top:56px}h1{font-size:34px;line-height:1.15;letter-spacing:-.015em;margin:0 0 8px;"
    "overflow-wrap:anywhere}"
    "p,figcaption{color:var(--soft);max-width:66ch;margin:0}a{color:var(--blue)}"
    "nav{margin-top:20px;display:flex;flex-wrap:wrap;gap:4px 18px}"
    "figure{margin:56px 0 0;break-inside:avoid}figcaption{padding:4px 0 0}.sheet{margin-left:-28px}"
    ".sheet{overflow-x:auto}svg{display:block;max-width:100%;height:auto}"
    "footer{padding-top:64px;padding-bottom:48px}"
    "@media(max-width:700px){.sheet svg{min-width:620px}}"
    "@media print{nav{display:none}.sheet{overflow:visible}.sheet svg{min-width:0}}";

std::string style(Theme theme) {
  std::string css(theme == Theme::kDark ? kDark : kLight);
  css += kForm;
  if (theme == Theme::kDark) css += "@media print{" + std::string(kLight) + "}";
  return "<style>" + css + "</style>";
}

// The first picture of each group is where its link goes.
std::string links(std::span<const Picture> pictures) {
  std::string out = "<nav aria-label=\"Pictures\">";
  std::string before;
  for (const Picture& picture : pictures) {
    if (picture.group == before) continue;
    before = picture.group;
    out += "<a href=\"#" + escape(picture.name) + "\">" + escape(picture.group) + "</a>";
  }
  return out + "</nav>";
}

}  // namespace

std::string report_page(const std::string& subject, std::span<const Picture> pictures, Theme theme) {
  const std::string title = escape(subject);
  std::string out =
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n<title>" +
      title + " – Pinwheel</title>\n" + style(theme) + "\n</head>\n<body>\n<header>\n<h1>" + title + "</h1>\n<p>" +
      std::to_string(pictures.size()) + (pictures.size() == 1 ? " picture" : " pictures") +
      ", each also a file of its own in this folder. Rest the pointer on a mark for its exact "
      "figure.</p>\n" +
      links(pictures) + "\n</header>\n<main>\n";
  for (const Picture& picture : pictures) {
    // A region that scrolls sideways must be reachable by keyboard.
    out += "<figure id=\"" + escape(picture.name) +
           "\">\n<div class=\"sheet\" tabindex=\"0\" role=\"group\" "
           "aria-label=\"" +
           escape(picture.name) + "\">\n" + picture.document + "</div>\n<figcaption>" + escape(picture.caption) +
           " <a href=\"" + escape(picture.name) + ".svg\">" + escape(picture.name) +
           ".svg</a></figcaption>\n</figure>\n";
  }
  return out + "</main>\n<footer><p>Made by Pinwheel.</p></footer>\n</body>\n</html>\n";
}

}  // namespace pinwheel::report
