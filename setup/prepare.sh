# What ./run, ./test and ./bench share; they source it with ROOT set to the checkout. Everything lands in ROOT/.venv,
# but what is compiled, which lies beside its source.
# shellcheck shell=bash
# `prepare runtime`, `prepare test` or `prepare bench` does what is missing, one line on standard error for each step, and nothing when all
# is there. It may be interrupted anywhere: .venv/complete is written last, and an environment without it is made anew.

VENV=$ROOT/.venv
PYTHON=$VENV/bin/python
unset PYTHONDONTWRITEBYTECODE # compiled once, our own modules load in half the time: a command, a server, each process of the tests
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1 PIP_ROOT_USER_ACTION=ignore PIP_PROGRESS_BAR=off

say() { printf '· %s\n' "$*" >&2; }

refuse() {
    printf '%s\n' "$@" >&2
    exit 1
}

prepare() { # runtime|test|bench
    exec 9<"$ROOT/setup/prepare.sh"
    if command -v flock >/dev/null && ! flock --nonblock 9; then # two at once would install into one folder
        say "waiting for another set-up to end"
        flock 9
    fi
    case $1 in
        test) provide_test_packages ;;
        bench) provide_bench_packages ;;
    esac
    ready "$1" || build "$1"
    provide_fonts
    compile_catalogues
    exec 9<&-
}

# --- The environment ---------------------------------------------------------------------------------------------------

locks() { # runtime|test|bench — the lock files of one purpose, in the order in which they are installed
    printf '%s\n' "$ROOT/requirements-build.lock" "$ROOT/requirements.lock"
    if [ "$1" != runtime ]; then printf '%s\n' "$ROOT/requirements-$1.lock"; fi
}

stamp() { # runtime|test|bench — changes with whatever would change the environment
    { "$PYTHON" -V && locks "$1" | xargs -d '\n' cat && cat "$ROOT/pyproject.toml"; } 2>/dev/null | sha256sum
}

whole() { [ "$(cat "$VENV/complete" 2>/dev/null)" = "$ROOT" ] && "$PYTHON" -c 'import pip' 2>/dev/null; }

ready() { whole && [ "$(cat "$VENV/$1.stamp" 2>/dev/null)" = "$(stamp "$1")" ]; }

build() { # runtime|test|bench
    local lock
    if ! whole; then make_environment; fi
    rm -f "$VENV/complete"
    while read -r lock; do
        say "installing ${lock##*/}"
        # PyICU is built from its source: without the optimiser, which gains it nothing, in half the time.
        CFLAGS="${CFLAGS:-} -O1 -g0" "$PYTHON" -m pip install -qq --require-hashes --no-build-isolation \
            --requirement "$lock" </dev/null || refuse "Could not install ${lock##*/}; see above. Please try again."
    done < <(locks "$1")
    say "installing undersigned itself"
    "$PYTHON" -m pip install -qq --no-deps --no-build-isolation --editable "$ROOT" </dev/null ||
        refuse "Could not install the package itself; see above."
    stamp "$1" >"$VENV/$1.stamp"
    printf '%s\n' "$ROOT" >"$VENV/complete"
}

make_environment() {
    local python
    rm -rf "$VENV"
    command -v python3 >/dev/null || provide python3
    python=$(find_python) ||
        refuse "Undersigned needs Python 3.11 or later, and python3 here is $(python3 -V 2>&1). Please have a newer one installed."
    provide_build_packages "$python"
    say "making .venv with $("$python" -V)"
    "$python" -m venv "$VENV" || refuse "Could not make $VENV; see above."
}

find_python() { # the first interpreter that is new enough
    local name
    for name in python3 python3.13 python3.12 python3.11 python3.14; do
        "$name" -c 'import sys; sys.version_info >= (3, 11) or sys.exit(1); print(sys.executable)' 2>/dev/null && return
    done
    return 1
}

# --- System packages ---------------------------------------------------------------------------------------------------

provide_build_packages() { # PYTHON — what making .venv and building PyICU need
    local missing
    mapfile -t missing < <(missing_to_build "$1")
    provide "${missing[@]}"
    mapfile -t missing < <(missing_to_build "$1")
    [ ${#missing[@]} -eq 0 ] || refuse "Still missing after the installation: ${missing[*]} (for $1)."
}

missing_to_build() { # PYTHON — asks for the thing itself, so that any system that has it will do
    local name
    name=$("$1" -c 'import sys; print("python%d.%d" % sys.version_info[:2])')
    "$1" -c 'import ensurepip, venv' 2>/dev/null || echo "$name-venv"
    [ -e "$("$1" -c 'import sysconfig; print(sysconfig.get_path("include"))')/Python.h" ] || echo "$name-dev"
    command -v g++ >/dev/null || echo g++
    command -v pkg-config >/dev/null || echo pkg-config
    pkg-config --exists icu-i18n 2>/dev/null || echo libicu-dev
}

provide_test_packages() {
    local package missing=()
    if command -v dpkg-query >/dev/null; then
        for package in chromium-headless-shell fonts-noto-core fonts-noto-cjk gettext git nginx-light qpdf golang-go golang-golang-x-mod-dev; do
            dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q ' installed$' || missing+=("$package")
        done
    else
        for package in chromium xgettext git nginx qpdf go; do
            command -v "$package" >/dev/null || missing+=("$package")
        done
    fi
    [ ${#missing[@]} -eq 0 ] || (without_services "${missing[@]}") || exit 1
}

provide_fonts() { # what letters are set in; without them everything works but the kit, which says what is missing
    local package missing=()
    command -v dpkg-query >/dev/null || return 0
    for package in fonts-noto-core fonts-noto-cjk; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q ' installed$' || missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    if [ "$(id -u)" -eq 0 ] && (provide "${missing[@]}"); then return; fi
    say "letters cannot be set as PDF without these system packages: ${missing[*]} (apt-get install ${missing[*]}, as root)"
}

provide_bench_packages() { # what the program is measured with, and beside
    local missing=()
    compgen -G '/usr/lib/postgresql/*/bin/pgbench' >/dev/null || missing+=(postgresql)
    PATH=$PATH:/usr/sbin command -v nginx >/dev/null || missing+=(nginx-light)
    command -v wrk >/dev/null || missing+=(wrk)
    [ ${#missing[@]} -eq 0 ] || (without_services "${missing[@]}") || exit 1
}

without_services() { # PACKAGE… — installs them, and has none of them run by itself, neither now nor when the system starts
    local cluster=/etc/postgresql-common/createcluster.conf policy=/usr/sbin/policy-rc.d
    if [ "$(id -u)" -eq 0 ] && [ -d /etc/apt ]; then
        [ -e "$cluster" ] || { mkdir -p "${cluster%/*}" && echo 'create_main_cluster = false' >"$cluster"; }
        if [ ! -e "$policy" ]; then
            trap 'rm -f "$policy"' EXIT
            printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod +x "$policy"
        fi
    fi
    provide "$@"
    case " $* " in *" nginx-light "*) update-rc.d nginx disable >/dev/null 2>&1 ;; esac
}

provide() { # PACKAGE… — installs them, or says exactly how
    local said
    [ $# -gt 0 ] || return 0
    if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
        refuse "These system packages are missing: $*" "Please have them installed, as root, and start again:" \
            "    apt-get update && apt-get install --no-install-recommends $*"
    fi
    say "installing system packages: $*"
    apt-get update -qq </dev/null >&2 9<&- || say "the package lists could not be refreshed; trying with those at hand"
    said=$(DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends -o DPkg::Lock::Timeout=600 "$@" \
        </dev/null 2>&1 9<&-) || refuse "$said" "Could not install: $*"
}

# --- Catalogues --------------------------------------------------------------------------------------------------------

compile_catalogues() { # *.mo only where the *.po is newer; Babel, so that running needs no gettext
    local source compiled language said=
    for source in "$ROOT"/undersigned/locale/*/LC_MESSAGES/*.po; do
        compiled=${source%.po}.mo
        [ -e "$source" ] && [ ! "$compiled" -nt "$source" ] || continue
        [ -n "$said" ] || say "compiling the catalogues"
        said=yes
        language=$(basename "$(dirname "$(dirname "$source")")")
        "$VENV/bin/pybabel" --quiet compile --input-file "$source" --output-file "${source%.po}.new.mo" \
            --locale "$language" || refuse "Could not compile ${source#"$ROOT"/}; see above."
        mv "${source%.po}.new.mo" "$compiled" # only a whole catalogue takes the name that programs look for
    done
}
