// One galaxy of our own at a time, for the page's shelf and background. It needs neither a model nor threads, so that
// one can be drawn while both are still on their way.
#include <memory>
#include <string>

#include "base/rng.h"
#include "boundary.h"
#include "data/synthetic.h"
#include "image/image.h"

namespace pinwheel::wasm {
namespace {

EMSCRIPTEN_DECLARE_VAL_TYPE(KindsResult)
EMSCRIPTEN_DECLARE_VAL_TYPE(RenderingResult)

KindsResult galaxy_kinds() {
  return guarded<KindsResult>([] {
    val array = val::array();
    for (int i = 0; i < kGalaxyKinds; ++i) {
      array.call<void>("push", std::string(galaxy_kind_name(static_cast<GalaxyKind>(i))));
    }
    return array;
  });
}

RenderingResult render_one(int kind, double seed, int size, double noise) {
  return guarded<RenderingResult>([&] {
    if (kind < 0 || kind >= kGalaxyKinds || size < 8 || size > 1024 || !(seed >= 0 && seed < 9e15) || !(noise >= 0)) {
      throw Error(ErrorCode::kInvalidArgument, "There is no such galaxy: kind 0 to 8, 8 to 1024 pixels, seed from 0.");
    }
    SkyOptions options;
    options.size = size;
    options.noise = noise;
    const auto galaxy = render_galaxy(static_cast<GalaxyKind>(kind), options, Rng(static_cast<std::uint64_t>(seed)));
    val object = picture(galaxy.image);
    object.set("png", copied<std::uint8_t>("Uint8Array", encode_png(galaxy.image)));
    object.set("kind", std::string(galaxy_kind_name(galaxy.kind)));
    object.set("caption", galaxy.caption);
    object.set("conditional", copied<float>("Float32Array", galaxy.conditional));
    return object;
  });
}

EMSCRIPTEN_BINDINGS(pinwheel_rendering) {
  using emscripten::register_type;
  register_type<KindsResult>("{ value: string[]" PINWHEEL_OR_ERROR);
  register_type<RenderingResult>("{ value: { " PINWHEEL_PICTURE
                                 "; png: Uint8Array<ArrayBuffer>; kind: string; caption: string; "
                                 "conditional: Float32Array<ArrayBuffer> }" PINWHEEL_OR_ERROR);
  emscripten::function("galaxyKinds", &galaxy_kinds);
  emscripten::function("renderGalaxy", &render_one);
}

}  // namespace
}  // namespace pinwheel::wasm
