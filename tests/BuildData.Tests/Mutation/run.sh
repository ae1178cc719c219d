#!/usr/bin/env bash
# Changes the library in small ways, one at a time, and lists the changes that no test notices:
#
#   tests/BuildData.Tests/Mutation/run.sh SLICE
#
# A slice is some files, and the quick tests that concern them. Without an argument, the script lists the slices. The reports are below
# artifacts/mutation/SLICE. survivors.md explains what survived.
#
# All tests of a slice run for each change. The tool can't tell which tests reach a line, because the library writes on threads of its own.
set -euo pipefail
cd "$(dirname "$0")/../../.."

# slice | files of src/BuildData | classes of tests
slices='
event-log|Stores/Sqlite/SqliteEventLog.cs Stores/Sqlite/WriterProcessRecord.cs Stores/Sqlite/CommitTracker.cs|SqliteEventHistoryTests SqliteLastSequenceTests SqliteLostEventsTests LostCommitsTests WatchBesideCommitTests FailedCommitTests ExpiredEventsTests
batches|Stores/Protocol/BatchRunner.cs Stores/Protocol/SavepointUpdateRunner.cs Stores/Sqlite/SqliteWriter.cs|SeamTests FailedCommitTests SqliteTransactionTests AtomicityTests SqliteRaceTests SqliteCancellationTests SqliteDisposeTests WaitingTransactionTests
hand-over|Events/SubscriptionBuffer.cs Events/PublishedEventTracker.cs Events/EventDispatcher.cs Events/CatchUpReader.cs Events/KeptEventRange.cs Events/KeptEventReader.cs Events/SubscriptionRegistry.cs|PublishedEventTrackerTests SqliteCatchUpReaderTests SqliteEventHistoryTests SqliteLastSequenceTests SqliteLostEventsTests SqliteSubscriptionTests SubscriptionLimitTests LostCommitsTests SqliteDisposeTests WatchBesideCommitTests
event-tables|Events/EventTable.cs Events/LastPublicEventReader.cs Events/LastPublicEventCursorTracker.cs Events/SubscriptionPatternTree.cs Events/SubscriptionFilter.cs|SqliteEventHistoryTests SqliteLastSequenceTests SqliteLostEventsTests SqliteSubscriptionTests SqliteTypedSubscriptionTests SubscriptionLimitTests ExpiredEventsTests
updating|Updating/*.cs|SqliteTransactionTests AtomicityTests SqliteCancellationTests SqliteDisposeTests SqliteRaceTests RowCacheTests FailedCommitTests SqliteEventHistoryTests
'

slice=$(grep "^${1:-no slice}|" <<< "$slices") || { echo "Slices:"; cut -d'|' -f1 <<< "$slices" | grep .; exit 2; }
files=$(cut -d'|' -f2 <<< "$slice" | xargs -n1 printf '"%s", ')
tests=$(cut -d'|' -f3 <<< "$slice" | xargs -n1 printf 'FullyQualifiedName~.%s|')
output=$PWD/artifacts/mutation
mkdir -p "$output/$1"

[ -x "$output/tool/dotnet-stryker" ] || dotnet tool install dotnet-stryker --version 5.1.0 --tool-path "$output/tool"
cat > "$output/$1/stryker-config.json" <<CONFIG
{
  "stryker-config": {
    "project": "BuildData.csproj",
    "mutate": [${files%, }],
    "test-case-filter": "${tests%|}",
    "coverage-analysis": "off",
    "ignore-methods": ["ConfigureAwait", "*Exception.ctor"],
    "concurrency": 1,
    "reporters": ["json", "html", "cleartext"]
  }
}
CONFIG
cd tests/BuildData.Tests
"$output/tool/dotnet-stryker" --config-file "$output/$1/stryker-config.json" --output "$output/$1"
python3 Mutation/summary.py "$output/$1/reports/mutation-report.json" | tee "$output/$1/survivors.txt"
