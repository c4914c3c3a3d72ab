#!/usr/bin/env bash
# Builds everything and runs every test. Installs what is missing, needs no services, and ends with
# "N passed, N failed". Exit status 0 only when nothing failed.
#
#   ./test.sh          all tests, long runs in their short form
#   ./test.sh --full   long runs (fuzz, simulation, kills) in their full form, some eighteen minutes more
set -uo pipefail
cd "$(dirname "$0")"

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1
# One warm compiler for all projects.
export UseSharedCompilation=true
export IMORLEANS_FULL_RUNS=0
[ "${1:-}" = "--full" ] && export IMORLEANS_FULL_RUNS=1

passed=0
failed=0
add() { passed=$((passed + $1)); failed=$((failed + $2)); }
finish() {
  dotnet build-server shutdown --vbcscompiler >/dev/null 2>&1
  printf '%s passed, %s failed\n' "$passed" "$failed"
  [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
  exit
}
say() { printf '\n== %s\n' "$*"; }

need() { # COMMAND PACKAGE: installs a Debian package when its command is not there
  command -v "$1" >/dev/null && return
  say "installing $2"
  apt-get update -q >/dev/null && DEBIAN_FRONTEND=noninteractive apt-get install -y -q "$2" >/dev/null
  command -v "$1" >/dev/null || { echo "$1 is missing and could not be installed"; add 0 1; finish; }
}

command -v dotnet >/dev/null || { echo "The .NET 10 SDK is missing: install it first."; add 0 1; finish; }
need node nodejs
need npm npm
# The pages of the samples are shown in a real browser.
need chromium chromium
# The server, not only its client.
need pg_ctlcluster postgresql
need psql postgresql-client

say "build (warnings are errors)"
if ! dotnet build ImOrleans.sln -v quiet -nologo; then
  echo "the build failed"
  add 0 1
  finish
fi

run_tests() { # ARGUMENTS of dotnet test: runs them, shows what matters and adds up
  local log status p f
  log=$(mktemp)
  dotnet test "$@" --no-build -nologo -m:2 2>&1 | tee "$log" | grep -vE '^\s*$|^Test run for|^A total of|^VSTest version'
  status=${PIPESTATUS[0]}
  # Closing lines look like: Passed!  - Failed:     0, Passed:     6, Skipped:     0, Total:     6, Duration: 2 s - X.dll
  read -r p f < <(sed -nE 's/^(Passed|Failed)! +- Failed: +([0-9]+), Passed: +([0-9]+),.*/\3 \2/p' "$log" |
    awk '{ p += $1; f += $2 } END { print p + 0, f + 0 }')
  rm -f "$log"
  add "$p" "$f"
  if { [ "$status" -ne 0 ] && [ "$f" -eq 0 ]; } || [ "$p" -eq 0 ]; then
    echo "a test run ended without a result"
    add 0 1
  fi
}

say ".NET tests"
without=()
if ! command -v kubectl >/dev/null; then
  echo "NOT RUN: the rendered manifests against the code (deploy/k8s), since kubectl is not on this machine."
  without=(--filter "Needs!=kubectl")
fi
run_tests ImOrleans.sln "${without[@]}"

say "JavaScript tests (node --test)"
for folder in samples/node-quickstart tests/node; do
  if ! (cd "$folder" && npm ci --silent --no-audit --no-fund); then
    echo "npm ci failed in $folder"
    add 0 1
    finish
  fi
done
log=$(mktemp)
(cd tests/node && node --test --test-concurrency=2 --test-reporter=tap) 2>&1 | tee "$log" | grep -E '^not ok|^# (tests|pass|fail|skipped)|^ +(error|expected|actual|failureType):'
p=$(sed -nE 's/^# pass ([0-9]+)$/\1/p' "$log" | tail -n 1)
f=$(sed -nE 's/^# fail ([0-9]+)$/\1/p' "$log" | tail -n 1)
rm -f "$log"
add "${p:-0}" "${f:-1}"

say "the benchmark's harness, in its shortest form: whether it works, no figures"
if dotnet artifacts/Local/bin/Bench/debug/ImOrleans.Bench.dll run --smoke | grep -E '^\[|FAILED|^[0-9]+ lines'; then
  add 1 0
else
  add 0 1
fi

say "the other flavour: everything compiled against Microsoft.Orleans, and what the runtime matters to run on it"
if dotnet restore ImOrleans.sln -p:GrainRuntime=Orleans -v quiet -nologo >/dev/null 2>&1; then
  if dotnet build ImOrleans.sln --no-restore -p:GrainRuntime=Orleans -v quiet -nologo; then
    add 1 0
    for suite in Conformance Grains Gateway Storage Cluster EndToEnd Deploy; do
      run_tests "tests/$suite.Tests" -p:GrainRuntime=Orleans
    done
  else
    echo "the build failed"
    add 0 1
  fi
else
  echo "NOT RUN: the Microsoft.Orleans packages cannot be restored from the package source of this machine, so neither the"
  echo "NOT RUN: build against them nor the suites that run on an Orleans cluster say anything here."
fi

echo
finish
