// Hostile and broken files: each is refused with a sentence that says what it is. What decodes well is in the golden
// tests.
#include <gtest/gtest.h>
#include <zlib.h>

#include <algorithm>

#include "image/file_kind.h"
#include "unit/image/pictures.h"

namespace pinwheel {
namespace {

using std::string_literals::operator""s;
using Buffer = std::vector<std::uint8_t>;

Buffer bytes_of(const std::string& text) { return {text.begin(), text.end()}; }

void expect_refused(const Buffer& bytes, ErrorCode code, const std::string& part) {
  expect_error(code, part, [&] { decode_image(bytes, "m31.jpg"); });
}

Buffer big_endian(std::uint32_t value) {
  return {static_cast<std::uint8_t>(value >> 24), static_cast<std::uint8_t>(value >> 16),
          static_cast<std::uint8_t>(value >> 8), static_cast<std::uint8_t>(value)};
}

void append(Buffer& to, const Buffer& more) { to.insert(to.end(), more.begin(), more.end()); }

void append_chunk(Buffer& png, const std::string& kind, const Buffer& body) {
  append(png, big_endian(static_cast<std::uint32_t>(body.size())));
  Buffer content = bytes_of(kind);
  append(content, body);
  append(png, content);
  append(png, big_endian(static_cast<std::uint32_t>(crc32(0, content.data(), static_cast<uInt>(content.size())))));
}

Buffer png_header(std::uint32_t width, std::uint32_t height) {
  Buffer png = bytes_of("\x89PNG\r\n\x1a\n");
  Buffer body = big_endian(width);
  append(body, big_endian(height));
  append(body, {8, 0, 0, 0, 0});
  append_chunk(png, "IHDR", body);
  return png;
}

Buffer packed(const Buffer& raw) {
  uLongf size = compressBound(static_cast<uLong>(raw.size()));
  Buffer out(size);
  EXPECT_EQ(compress(out.data(), &size, raw.data(), static_cast<uLong>(raw.size())), Z_OK);
  out.resize(size);
  return out;
}

Buffer grey_png(std::uint32_t width, std::uint32_t height, const Buffer& rows) {
  Buffer png = png_header(width, height);
  append_chunk(png, "IDAT", packed(rows));
  append_chunk(png, "IEND", {});
  return png;
}

// A JPEG that ends after its header: SOI, a frame header of this size.
Buffer jpeg_header(std::uint16_t width, std::uint16_t height, std::uint8_t marker = 0xC0, std::uint8_t depth = 8) {
  const auto high = [](std::uint16_t v) { return static_cast<std::uint8_t>(v >> 8); };
  const auto low = [](std::uint16_t v) { return static_cast<std::uint8_t>(v & 0xFF); };
  return {0xFF, 0xD8, 0xFF, marker, 0, 11, depth, high(height), low(height), high(width), low(width), 1, 1, 0x11, 0};
}

TEST(Decode, RoundTripThroughPngIsExact) {
  for (const std::int64_t channels : {1, 3}) {
    const Image image = gradient_picture(19, 23, channels);
    const Image back = decode_image(encode_png(image), "a.png");
    EXPECT_EQ(back.height, 19);
    EXPECT_EQ(back.width, 23);
    EXPECT_EQ(back.channels, channels);
    EXPECT_EQ(back.pixels, image.pixels);
  }
}

TEST(Decode, RoundTripThroughJpegIsNear) {
  Image image = black_picture(24, 40, 3);
  paint(image, 4, 8, 16, 20, 180);
  const Image back = decode_image(encode_jpeg(image, 95), "a.jpg");
  ASSERT_EQ(back.pixels.size(), image.pixels.size());
  int largest = 0;
  for (std::size_t i = 0; i < image.pixels.size(); ++i)
    largest = std::max(largest, std::abs(back.pixels[i] - image.pixels[i]));
  EXPECT_LE(largest, 25);
}

TEST(Decode, EncodersRefuseWhatIsNoPicture) {
  expect_error(ErrorCode::kInvalidArgument, "grey or RGB", [] { encode_png(Image{}); });
  expect_error(ErrorCode::kInvalidArgument, "grey or RGB", [] { encode_jpeg(Image{2, 2, 3, {1, 2, 3}}); });
}

TEST(Decode, SaysWhatAFileIsThatIsNoPicture) {
  expect_refused({}, ErrorCode::kBadFile, "m31.jpg is empty");
  expect_refused({7}, ErrorCode::kBadFile, "not a picture");
  expect_refused(bytes_of("\n <!DOCTYPE html><html>"), ErrorCode::kBadFile, "is a web page");
  expect_refused(bytes_of("SIMPLE  =                    T"), ErrorCode::kBadFile, "is a FITS file");
  expect_refused(bytes_of("GIF89a...."), ErrorCode::kUnsupported, "is a GIF picture");
  expect_refused(bytes_of("RIFF....WEBPVP8 "), ErrorCode::kUnsupported, "is a WebP picture");
  expect_refused(bytes_of("II*\0...."s), ErrorCode::kUnsupported, "is a TIFF picture");
  expect_refused(bytes_of("PK\x03\x04...."), ErrorCode::kBadFile, "is a zip archive");
  expect_refused(bytes_of("id,class\n1,spiral\n"), ErrorCode::kBadFile, "is a text file");
  expect_refused(bytes_of("version https://git-lfs.github.com/spec/v1"), ErrorCode::kBadFile, "Git LFS pointer");
}

TEST(Decode, EveryCutOfAPngIsRefused) {
  const Buffer whole = encode_png(gradient_picture(9, 11, 3));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_THROW(decode_image(std::span(whole).first(size), "cut.png"), Error) << size;
  }
  expect_error(ErrorCode::kBadFile, "cut off after 60 bytes",
               [&] { decode_image(std::span(whole).first(60), "cut.png"); });
}

TEST(Decode, EveryCutOfAJpegIsRefused) {
  const Buffer whole = encode_jpeg(gradient_picture(32, 32, 3));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_THROW(decode_image(std::span(whole).first(size), "cut.jpg"), Error) << size;
  }
  expect_error(ErrorCode::kBadFile, "cut.jpg is cut off after 600 bytes: download it again",
               [&] { decode_image(std::span(whole).first(600), "cut.jpg"); });
}

TEST(Decode, SizesAreRefusedFromTheHeaderAlone) {
  expect_refused(jpeg_header(20000, 20000), ErrorCode::kTooLarge, "20000 x 20000 pixels; the limit is 16384");
  expect_refused(jpeg_header(16000, 16000), ErrorCode::kTooLarge, "64 million pixels");
  expect_refused(png_header(20000, 20000), ErrorCode::kTooLarge, "20000 x 20000 pixels; the limit is 16384");
  expect_refused(png_header(0xFFFFFFFF, 0xFFFFFFFF), ErrorCode::kTooLarge, "the limit is 16384");
  expect_refused(png_header(0, 5), ErrorCode::kBadFile, "there is nothing in it");
  const Buffer small = encode_png(gradient_picture(40, 40, 1));
  expect_error(ErrorCode::kTooLarge, "the limit is 32 a side", [&] { decode_image(small, "a.png", {32, 1000}); });
}

TEST(Decode, RareJpegsAreNamed) {
  expect_refused(jpeg_header(8, 8, 0xC3), ErrorCode::kUnsupported, "lossless");
  expect_refused(jpeg_header(8, 8, 0xC9), ErrorCode::kUnsupported, "arithmetic-coded");
  expect_refused(jpeg_header(8, 8, 0xC1, 12), ErrorCode::kUnsupported, "12 bits a channel");
}

TEST(Decode, AJpegThatIsTooShortForItsSizeIsRefused) {
  Buffer jpeg = jpeg_header(4000, 4000);
  append(jpeg, {0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 63, 0, 1, 2, 3, 0xFF, 0xD9});
  expect_refused(jpeg, ErrorCode::kBadFile, "cut off");
}

TEST(Decode, AnOverfullHuffmanTableIsRefused) {
  Buffer table(17, 17);  // 16 times 17 codes
  table[0] = 0;
  table.resize(17 + 16 * 17);
  Buffer jpeg = {0xFF, 0xD8, 0xFF, 0xC4, 1, 0x23};
  ASSERT_EQ(table.size() + 2, 0x123U);
  append(jpeg, table);
  append(jpeg, {0xFF, 0xD9});
  expect_refused(jpeg, ErrorCode::kBadFile, "more than 256 codes");
}

TEST(Decode, PngPixelDataMustMatchTheSize) {
  expect_refused(grey_png(4, 4, Buffer(4 * 5 - 1)), ErrorCode::kBadFile, "pixel data are missing");
  expect_refused(grey_png(4, 4, Buffer(1'000'000)), ErrorCode::kBadFile, "more pixel data than its size says");
  EXPECT_EQ(decode_image(grey_png(4, 4, Buffer(4 * 5)), "a.png").pixels, Buffer(16));
}

TEST(Decode, DamagedPngPixelsAreNoticed) {
  Buffer png = encode_png(gradient_picture(30, 30, 3));
  png[png.size() / 2] ^= 0x55;
  EXPECT_THROW(decode_image(png, "a.png"), Error);
}

TEST(Decode, TextOfSizes) {
  EXPECT_EQ(size_text(1), "1 byte");
  EXPECT_EQ(size_text(812), "812 bytes");
  EXPECT_EQ(size_text(3071), "3 kB");
  EXPECT_EQ(size_text(2'140'000), "2.1 MB");
}

}  // namespace
}  // namespace pinwheel
