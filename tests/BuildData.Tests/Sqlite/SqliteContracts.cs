namespace BuildData.Tests;

// Every contract, kept by the SQLite store.
internal sealed class SqliteBetterOnPurposeTests() : BetterOnPurposeTests(StoreKind.Sqlite);
internal sealed class SqliteBuildRequestUpdatesTests() : BuildRequestUpdatesTests(StoreKind.Sqlite);
internal sealed class SqliteBuildUpdatesTests() : BuildUpdatesTests(StoreKind.Sqlite);
internal sealed class SqliteBuildsetUpdatesTests() : BuildsetUpdatesTests(StoreKind.Sqlite);
internal sealed class SqliteCancellationTests() : CancellationTests(StoreKind.Sqlite);
internal sealed class SqliteCollapsedRequestsOffTests() : CollapsedRequestsOffTests(StoreKind.Sqlite);
internal sealed class SqliteCollapsedRequestsTests() : CollapsedRequestsTests(StoreKind.Sqlite);
internal sealed class SqliteDisposeTests() : DisposeTests(StoreKind.Sqlite);
internal sealed class SqliteFilterMatchTests() : FilterMatchTests(StoreKind.Sqlite);
internal sealed class SqliteFilterTests() : FilterTests(StoreKind.Sqlite);
internal sealed class SqliteFollowUnderLoadTests() : FollowUnderLoadTests(StoreKind.Sqlite);
internal sealed class SqliteGetTests() : GetTests(StoreKind.Sqlite);
internal sealed class SqliteKeptEventsTests() : KeptEventsTests(StoreKind.Sqlite);
internal sealed class SqliteOpenTests() : OpenTests(StoreKind.Sqlite);
internal sealed class SqlitePagingTests() : PagingTests(StoreKind.Sqlite);
internal sealed class SqliteRaceTests() : RaceTests(StoreKind.Sqlite);
internal sealed class SqliteRandomUpdatesTests() : RandomUpdatesTests(StoreKind.Sqlite);
internal sealed class SqliteScenarioTests() : ScenarioTests(StoreKind.Sqlite);
internal sealed class SqliteStepUpdatesTests() : StepUpdatesTests(StoreKind.Sqlite);
internal sealed class SqliteSubscriptionTests() : SubscriptionTests(StoreKind.Sqlite);
internal sealed class SqliteTextTests() : TextTests(StoreKind.Sqlite);
internal sealed class SqliteTransactionTests() : TransactionTests(StoreKind.Sqlite);
internal sealed class SqliteTypedSubscriptionTests() : TypedSubscriptionTests(StoreKind.Sqlite);
internal sealed class SqliteWaitForTests() : WaitForTests(StoreKind.Sqlite);
internal sealed class SqliteWatchTests() : WatchTests(StoreKind.Sqlite);
internal sealed class SqliteWireFormTests() : WireFormTests(StoreKind.Sqlite);
