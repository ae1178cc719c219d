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

# slice | project, and files of it | tests: names of classes, and !names of slow tests to leave out
slices='
hand-over|BuildData Events/SubscriptionBuffer.cs Events/PublishedEventTracker.cs Events/EventDispatcher.cs Events/CatchUpReader.cs|EventDispatcherTests PublishedEventTrackerTests StoreEventsTests SqliteCatchUpReaderTests SqliteEventHistoryTests SqliteLostEventsTests SqliteSubscriptionTests SqliteTelemetryTests.Meter_Events SqliteTelemetryTests.Meter_Subscriber !Subscribe_WhileManyWrite
batches|BuildData Stores/Protocol/BatchRunner.cs Stores/Protocol/SavepointUpdateRunner.cs|BatchRunnerTests AtomicityTests SqliteTelemetryTests.Meter_Batches
writer|BuildData Stores/Sqlite/SqliteWriter.cs|FailedCommitTests SqliteTransactionTests SqliteRaceTests SqliteCancellationTests SqliteDisposeTests FileDisposeTests WaitingTransactionTests WalSizeLimitTests OwnProcessTests.Update !Transaction_ManyAtOnce
updating|BuildData Updating/ArgumentChecks.cs Updating/StoreEvents.cs Updating/StoreRequest.cs Updating/StoreUpdate.cs Updating/UpdateCall.cs|ArgumentChecksTests UpdateCallTests StoreEventsTests
completions|BuildData Updating/RequestCompletionWorkItem.cs Stores/Sqlite/UpdateTaskCompleter.cs|UpdateTaskCompleterTests UpdateCallTests
transactions|BuildData Updating/UpdateContext.cs Updating/Updates.cs|BatchRunnerTests SqliteTransactionTests SqliteTelemetryTests.Meter_Updates SqliteTelemetryTests.Trace_ !Transaction_ManyAtOnce !Transactions_CancelledAnywhere
event-log|BuildData Stores/Sqlite/SqliteEventLog.cs Stores/Sqlite/WriterProcessRecord.cs Stores/Sqlite/CommitTracker.cs|SqliteEventLogTests CommitTrackerTests LostLockTests LostCommitsTests SqliteLastSequenceTests WatchBesideCommitTests.Update FailedCommitTests.Update_CommitThatRemoved ExpiredEventsTests.Update_EventsExpireAfterACheck
event-tables|BuildData Events/EventTable.cs Events/KeptEventRange.cs Events/KeptEventReader.cs|SqliteEventHistoryTests SqliteLastSequenceTests SqliteLostEventsTests SqliteCatchUpReaderTests ExpiredEventsTests PostgreSqlExpiredEventsTests PostgreSqlEventHistoryTests !Subscribe_WhileManyWrite
requests|BuildData Resources/BuildRequests/Updates.BuildRequests.cs Resources/BuildRequests/Updates.Cancellation.cs Resources/BuildRequests/Updates.NextRequest.cs Resources/Buildsets/Updates.Buildsets.cs Resources/Buildsets/Updates.Rebuild.cs|SqliteBuildRequestUpdatesTests SqliteBuildsetUpdatesTests SqliteRequestedCancellationTests SqliteRebuildTests SqliteUniqueKeyTests SqliteCollapsedRequests SqliteNextRequestTests SqliteStrictLifecycleTests SqliteRefusedArgumentsTests SqliteScenarioTests
builds|BuildData Resources/Builds/Updates.Builds.cs Resources/Steps/Updates.Steps.cs Resources/Masters/Updates.Masters.cs Resources/Masters/Updates.Recovery.cs|SqliteBuildUpdatesTests SqliteStepUpdatesTests SqliteStrictLifecycleTests SqliteDeadMastersTests SqliteStoppedMastersTests SqliteRecoveryTests SqliteRefusedArgumentsTests SqliteScenarioTests
pg-publisher|BuildData.PostgreSql Events/OrderedEventPublisher.cs Events/EarlierTransactionChecker.cs|OrderedEventPublisherTests
pg-events|BuildData.PostgreSql Events/TicketSequenceConverter.cs Events/EventPageReader.cs|TicketTests EventPageReaderTests LastSequenceOfMastersTests LostConnectionTests.Update_OthersHave LostConnectionTests.Events_ServerThat
pg-batches|BuildData.PostgreSql Writing/BatchScheduler.cs Writing/UpdateQueue.cs Writing/PendingUpdate.cs|BlockedUpdateTests LockedTableTests ManyHeldRowsTests LockedRequestTests RoundTripsTests KnownRowsTests RefusedUpdateTests TransactionConflictTests
'

slice=$(grep "^${1:-no slice}|" <<< "$slices") || { echo "Slices:"; cut -d'|' -f1 <<< "$slices" | grep .; exit 2; }
read -r project files <<< "$(cut -d'|' -f2 <<< "$slice")"
tests=$(cut -d'|' -f3 <<< "$slice")
tool=$PWD/artifacts/mutation/tool
folder=$PWD/artifacts/mutation/$1
copy=$folder/copy

[ -x "$tool/dotnet-stryker" ] || dotnet tool install dotnet-stryker --version 5.1.0 --tool-path "$tool"
rm -rf "$folder"
mkdir -p "$copy"
git ls-files -z | xargs -0 cp --parents -t "$copy"
cp -r .git "$copy"

# The other files of the project stay as they are.
cd "$copy/src/$project"
for file in $(git ls-files -- '*.cs'); do
    case " $files " in
        *" $file "*) sed -i '1i // Stryker disable String' "$file" ;;
        *) sed -i '1i // Stryker disable all' "$file" ;;
    esac
done

patterns=$(printf '"%s", ' $files)
run='' leave=''
for test in $tests; do
    case $test in
        !*) leave+="&FullyQualifiedName!~${test#!}" ;;
        *) run+="|FullyQualifiedName~.$test" ;;
    esac
done
cat > "$folder/stryker-config.json" <<CONFIG
{
  "stryker-config": {
    "project": "$project.csproj",
    "mutate": [${patterns%, }],
    "test-case-filter": "(${run#|})$leave",
    "coverage-analysis": "off",
    "ignore-methods": ["ConfigureAwait", "*Exception.ctor"],
    "additional-timeout": 3000,
    "concurrency": 1,
    "reporters": ["json", "html", "dots"]
  }
}
CONFIG
cd "$copy/tests/BuildData.Tests"
nice -n 19 "$tool/dotnet-stryker" --config-file "$folder/stryker-config.json" --output "$folder"
python3 Mutation/summary.py "$folder/reports/mutation-report.json" | tee "$folder/survivors.txt"
