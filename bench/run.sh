#!/usr/bin/env bash
# Measures the server: builds it, runs every scenario against it and against a plain SignalR hub, and writes
# docs/performance.md. Raw results go to artifacts/bench.
#
#   bench/run.sh                  everything, some 15 minutes on 2 processors
#   bench/run.sh --quick          a few seconds a scenario, no page
#   bench/run.sh --only G1,G7     some rows, no page
#   bench/run.sh --chat           durable messages alone: G9, G10, G16, O1, O2; no page. Takes --quick too
#   bench/run.sh --rounds 10      more rounds (the full form has 7)
#   bench/run.sh compare A.json B.json
set -euo pipefail
cd "$(dirname "$0")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1 UseSharedCompilation=true

# The generator holds 10,000 connections.
ulimit -n 20000 2>/dev/null || ulimit -n "$(ulimit -Hn)"

echo "building"
dotnet build bench/Bench/Bench.csproj -c Release -v quiet -nologo
bench=artifacts/Local/bin/Bench/release/ImOrleans.Bench.dll

if [ "${1:-}" = compare ] || [ "${1:-}" = report ]; then
  exec dotnet "$bench" "$@"
fi
results=artifacts/bench/$(date -u +%Y%m%d-%H%M%S).json
page=(--page docs/performance.md)
arguments=()
for argument in "$@"; do
  case $argument in --quick | --smoke | --only | --chat) page=() ;; esac
  case $argument in --chat) arguments+=(--only G9,G10,G16,O1,O2) ;; *) arguments+=("$argument") ;; esac
done
echo "results go to $results"
exec dotnet "$bench" run --out "$results" "${page[@]}" "${arguments[@]}"
