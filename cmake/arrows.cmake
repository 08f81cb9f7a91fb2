# Who may know whom: the folders of core/ that a folder may include, besides itself. This is the only table: the
# libraries link by it (library.cmake) and a test reads the #include lines against it (check_arrows.cmake).
# `train` and `infer` never include each other; they share nn, the parity tests compare them and bench times them.
set(arrows_base "")
set(arrows_tensor base)
set(arrows_image base tensor)
set(arrows_galaxy base)
set(arrows_kernels base tensor)
set(arrows_nn base tensor)
set(arrows_data base tensor image galaxy)
set(arrows_io base tensor nn image galaxy)
set(arrows_train base tensor image galaxy nn kernels data io)
set(arrows_infer base tensor image galaxy nn kernels io)
set(arrows_report base tensor image galaxy nn data io train infer)
set(arrows_bench base tensor image galaxy nn kernels data io train infer)
set(arrows_cli base tensor image galaxy nn kernels data io train infer report bench)
set(arrows_wasm ${arrows_cli})

# Headers of third parties: a pattern for what is between the brackets, and a pattern for the files that may say it.
set(guarded_headers
    "^emscripten[./]|^emscripten$" "^wasm/"
    "^xnnpack" "^core/infer/"
    "^pthreadpool" "^core/(base|infer)/"
    "^nlohmann/" "^core/(io|data|report|cli)/|^wasm/|^core/[a-z]+/[a-z_]*json[a-z_]*[.](h|cpp)$"
    "^CLI/" "^core/cli/"
    "^hdf5" "^core/data/|^tests/"
    "^zlib" "^core/(data|image)/"
    "^stb_" "^core/(data|image)/")
