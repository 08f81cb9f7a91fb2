# Sourced by dev: the page's packages, its build and the server to look at it.

# npm ci throws node_modules away first, so only when the lock file is another one.
install_web() {
  local stamp=web/node_modules/.pinwheel-lock
  if cmp -s web/package-lock.json "$stamp"; then return; fi
  # Browsers come from the system: no package may run a script that downloads one.
  (cd web && npm ci --ignore-scripts --no-audit --no-fund)
  cp web/package-lock.json "$stamp"
}

# The page's build takes engines from build/wasm-*/engine and models from models/, and writes build/site.
build_site() { (cd web && npm run build); }

serve_site() {
  local port=${PORT:-4173}
  printf '\nOpen http://localhost:%s (Ctrl-C stops)\n' "$port"
  # The preview server sends the two headers without which a page gets no threads.
  cd web && exec npx vite preview --port "$port" --strictPort --outDir ../build/site --logLevel warn
}

format_web() { (cd web && npm run format); }
