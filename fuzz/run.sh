#!/bin/sh
# fuzz/run.sh [SECONDS [NAME...]]: builds the fuzz targets, runs each that long (default 60; 0: the seeds alone) and
# ends with "N targets, 0 findings". A finding stays in build/fuzz/findings, and the exit status is 1.
set -u
cd "$(dirname "$0")/.." || exit 1
build=build/fuzz
findings=$build/findings

# One target; called by xargs below.
if [ "${1-}" = --one ]; then
    seconds=$2
    name=$3
    work=$build/work/$name
    mkdir -p "$work"
    case $name in
    certificate | opening) max=8192 ;;
    document | collect) max=16384 ;;
    capture | event_xml | text_*) max=8192 ;;
    evtx) max=140000 ;;
    credssp | logon | auth_frame | tls_* | ntlm_* | rdp_file | half | vpn | pdu | licence | share) max=2048 ;;
    *) max=600 ;;
    esac
    limit=-max_total_time=$seconds
    [ "$seconds" = 0 ] && limit=-runs=0
    leaks=1
    [ "$name" = evtx ] && leaks=0 # libevtx loses a few hundred bytes for each chunk that it refuses to open
    if ASAN_OPTIONS=detect_leaks=$leaks "$build/fuzz/fuzz_$name" "$limit" -max_len=$max -timeout=10 -rss_limit_mb=1024 -print_final_stats=1 \
        -artifact_prefix="$findings/$name-" "$work" "fuzz/corpus/$name" >"$work.log" 2>&1; then
        runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$work.log")
        echo "ok       $name: ${runs:-?} inputs"
    else
        touch "$findings/$name.failed"
        echo "FINDING  $name: $work.log"
        tail -n 25 "$work.log"
    fi
    exit 0
fi

seconds=${1-60}
case $seconds in '' | *[!0-9]*) echo "usage: fuzz/run.sh [SECONDS [NAME...]]" >&2; exit 64 ;; esac
[ $# -gt 0 ] && shift
empty='int LLVMFuzzerTestOneInput(const char *b, unsigned long n) { (void)b; (void)n; return 0; }'
if ! printf '%s\n' "$empty" | clang -fsanitize=fuzzer,address -x c - -o /dev/null 2>/dev/null; then
    echo 'skipped: clang with libFuzzer is not here'
    exit 77
fi
rm -rf "$findings"
mkdir -p "$findings" "$build/work"
[ -f $build/build.ninja ] || cmake --preset fuzz -DRDPWHY_TESTS=OFF >$build/work/build.log 2>&1 || { cat $build/work/build.log; exit 1; }
cmake --build $build --target fuzzers >$build/work/build.log 2>&1 || { cat $build/work/build.log; exit 1; }
if [ $# -eq 0 ]; then
    for source in fuzz/fuzz_*.c; do
        name=${source#fuzz/fuzz_}
        set -- "$@" "${name%.c}"
    done
fi
for name in "$@"; do
    [ -d "fuzz/corpus/$name" ] || { echo "fuzz/corpus/$name is missing: every target has named seeds" >&2; exit 1; }
done
jobs=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1)
printf '%s\n' "$@" | xargs -n 1 -P "$jobs" sh fuzz/run.sh --one "$seconds"
count=0
for failed in "$findings"/*.failed; do
    [ -e "$failed" ] && count=$((count + 1))
done
echo "$# targets, $count findings"
[ "$count" -eq 0 ]
