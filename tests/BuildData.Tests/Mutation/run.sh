#!/usr/bin/env bash
# Changes the library in small ways, one at a time, and lists the changes that no test notices:
#
#   tests/BuildData.Tests/Mutation/run.sh SLICE
#
# A slice is some files, and the quick tests that concern them. Without an argument, the script lists the slices. It works on a copy of the
# repository below artifacts/mutation/SLICE, where its reports are too. survivors.md explains what survived.
#
# All tests of a slice run for each change. The tool can't tell which tests reach a line, because the library writes on threads of its own.
# Strings are not changed: the tool would make plain strings of SQL with parameters.
set -euo pipefail
cd "$(dirname "$0")/../../.."

# slice | files of src/BuildData | classes of tests
slices='
event-log|Stores/Sqlite/SqliteEventLog.cs Stores/Sqlite/WriterProcessRecord.cs Stores/Sqlite/CommitTracker.cs|SqliteEventHistoryTests SqliteLastSequenceTests SqliteLostEventsTests LostCommitsTests WatchBesideCommitTests FailedCommitTests ExpiredEventsTests
batches|Stores/Protocol/BatchRunner.cs Stores/Protocol/SavepointUpdateRunner.cs Stores/Sqlite/SqliteWriter.cs|SeamTests FailedCommitTests SqliteTransactionTests AtomicityTests SqliteRaceTests SqliteCancellationTests SqliteDisposeTests WaitingTransactionTests
hand-over|Events/SubscriptionBuffer.cs Events/PublishedEventTracker.cs Events/EventDispatcher.cs Events/CatchUpReader.cs Events/KeptEventRange.cs Events/KeptEventReader.cs Events/SubscriptionRegistry.cs|PublishedEventTrackerTests SqliteCatchUpReaderTests SqliteEventHistoryTests SqliteLastSequenceTests SqliteLostEventsTests SqliteSubscriptionTests SubscriptionLimitTests LostCommitsTests SqliteDisposeTests WatchBesideCommitTests
event-tables|Events/EventTable.cs Events/LastPublicEventReader.cs Events/LastPublicEventCursorTracker.cs Events/SubscriptionPatternTree.cs Events/SubscriptionFilter.cs|SqliteEventHistoryTests SqliteLastSequenceTests SqliteLostEventsTests SqliteSubscriptionTests SqliteTypedSubscriptionTests SubscriptionLimitTests ExpiredEventsTests
updating|Updating/ArgumentChecks.cs Updating/StoreEvents.cs Updating/StoreRequest.cs Updating/StoreUpdate.cs Updating/UpdateCall.cs Updating/UpdateContext.cs Updating/Updates.cs|SqliteTransactionTests AtomicityTests SqliteCancellationTests SqliteDisposeTests SqliteRaceTests FailedCommitTests SqliteEventHistoryTests
'

slice=$(grep "^${1:-no slice}|" <<< "$slices") || { echo "Slices:"; cut -d'|' -f1 <<< "$slices" | grep .; exit 2; }
files=$(cut -d'|' -f2 <<< "$slice")
classes=$(cut -d'|' -f3 <<< "$slice")
tool=$PWD/artifacts/mutation/tool
folder=$PWD/artifacts/mutation/$1
copy=$folder/copy

[ -x "$tool/dotnet-stryker" ] || dotnet tool install dotnet-stryker --version 5.1.0 --tool-path "$tool"
rm -rf "$folder"
mkdir -p "$copy"
git ls-files -z | xargs -0 cp --parents -t "$copy"
cp -r .git "$copy"

# The other files of the library stay as they are.
cd "$copy/src/BuildData"
for file in $(git ls-files -- '*.cs'); do
    case " $files " in
        *" $file "*) sed -i '1i // Stryker disable String' "$file" ;;
        *) sed -i '1i // Stryker disable all' "$file" ;;
    esac
done

list() { printf "$1" $2; }
patterns=$(list '"%s", ' "$files")
filter=$(list 'FullyQualifiedName~.%s|' "$classes")
cat > "$folder/stryker-config.json" <<CONFIG
{
  "stryker-config": {
    "project": "BuildData.csproj",
    "mutate": [${patterns%, }],
    "test-case-filter": "${filter%|}",
    "coverage-analysis": "off",
    "ignore-methods": ["ConfigureAwait", "*Exception.ctor"],
    "concurrency": 1,
    "reporters": ["json", "html", "dots"]
  }
}
CONFIG
cd "$copy/tests/BuildData.Tests"
nice -n 19 "$tool/dotnet-stryker" --config-file "$folder/stryker-config.json" --output "$folder"
python3 Mutation/summary.py "$folder/reports/mutation-report.json" | tee "$folder/survivors.txt"
