# Sourced by dev: messages, steps with logs, versions, and apt with a source list of our own.

die() {
  printf '\n%s\n' "$*" >&2
  exit 1
}

# version_at_least 20.11.1 20.9 → false
version_at_least() {
  [ -n "$1" ] && [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -1)" = "$2" ]
}

as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    die "This needs root, and there is no sudo: run as root once: $*"
  fi
}

# step "what it does" command…: one line on the screen, everything else in build/logs, the log's end when it fails.
# The result is in step_status, not in the exit status: bash forgets `set -e` inside anything whose status is looked at,
# so step and its callers must stand as plain commands, never in `if step` or `step || …`.
step() {
  local what=$1 log start
  shift
  step_number=$((step_number + 1))
  log=$logs/$(printf '%02d' $step_number)-$(echo "${what%% …*}" | tr -cs 'a-zA-Z0-9\n' '-' | cut -c1-48).log
  printf '[%d/%d] %s ' "$step_number" "$step_total" "$what"
  start=$SECONDS
  set +e
  (set -e; "$@") >"$log" 2>&1 </dev/null
  step_status=$?
  set -e
  if [ $step_status = 0 ]; then
    printf '(%d s)\n' $((SECONDS - start))
  else
    printf 'failed (%d s)\n' $((SECONDS - start))
    tail -n 25 "$log" | sed 's/^/    /'
    printf '    The whole log: %s\n' "${log#"$root"/}"
  fi
}

# must "what to do when it fails" "what it does" command…: a step without which the rest makes no sense.
must() {
  local advice=$1
  shift
  step "$@"
  [ $step_status = 0 ] || die "$advice"
}

is_debian() {
  [ -f /etc/debian_version ] && command -v apt-get >/dev/null && grep -q '^ID=debian' /etc/os-release
}

# foreign_suite SUITE deb|deb-src: a source list for one other suite, from the mirror that this machine uses anyway,
# kept apart from the machine's own lists. foreign_apt then runs apt-get on it.
foreign_suite() {
  local codename mirror
  foreign=$cache/apt/$1-$2
  mkdir -p "$foreign/lists/partial" "$foreign/cache/archives/partial"
  codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
  mirror=$(apt-get indextargets --format '$(CODENAME) $(REPO_URI)' 'Created-By: Packages' 'Component: main' |
    awk -v codename="$codename" '$1 == codename {print $2; exit}')
  [ -n "$mirror" ] || die "apt knows no mirror of $codename: run apt-get update"
  echo "$2 [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $1 main" >"$foreign/sources.list"
  foreign_apt update
}

foreign_apt() {
  apt-get -o Dir::Etc::sourcelist="$foreign/sources.list" -o Dir::Etc::sourceparts=/dev/null \
    -o Dir::State::lists="$foreign/lists" -o Dir::Cache="$foreign/cache" -o APT::Sandbox::User="$(id -un)" "$@"
}
