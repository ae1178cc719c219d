namespace BuildData.Tests;

// Every contract, kept by the PostgreSQL store.
internal sealed class PostgreSqlBetterOnPurposeTests() : BetterOnPurposeTests(StoreKind.PostgreSql);
internal sealed class PostgreSqlBuildRequestUpdatesTests() : BuildRequestUpdatesTests(StoreKind.PostgreSql);
internal sealed class PostgreSqlBuildUpdatesTests() : BuildUpdatesTests(StoreKind.PostgreSql);
internal sealed class PostgreSqlBuildsetUpdatesTests() : BuildsetUpdatesTests(StoreKind.PostgreSql);
internal sealed class PostgreSqlCancellationTests() : CancellationTests(StoreKind.PostgreSql);
internal sealed class PostgreSqlCollapsedRequestsOffTests() : CollapsedRequestsOffTests(StoreKind.PostgreSql);
internal sealed class PostgreSqlCollapsedRequestsTests() : CollapsedRequestsTests(StoreKind.PostgreSql);
internal sealed class PostgreSqlDisposeTests() : DisposeTests(StoreKind.PostgreSql);
internal sealed class PostgreSqlFilterMatchTests() : FilterMatchTests(StoreKind.PostgreSql);
internal sealed class PostgreSqlFilterTests() : FilterTests(StoreKind.PostgreSql);
internal sealed class PostgreSqlFollowUnderLoadTests() : FollowUnderLoadTests(StoreKind.PostgreSql);
internal sealed class PostgreSqlGetTests() : GetTests(StoreKind.PostgreSql);
internal sealed class PostgreSqlKeptEventsTests() : KeptEventsTests(StoreKind.PostgreSql);
internal sealed class PostgreSqlOpenTests() : OpenTests(StoreKind.PostgreSql);
internal sealed class PostgreSqlPagingTests() : PagingTests(StoreKind.PostgreSql);
internal sealed class PostgreSqlRaceTests() : RaceTests(StoreKind.PostgreSql);
internal sealed class PostgreSqlRandomUpdatesTests() : RandomUpdatesTests(StoreKind.PostgreSql);
internal sealed class PostgreSqlScenarioTests() : ScenarioTests(StoreKind.PostgreSql);
internal sealed class PostgreSqlStepUpdatesTests() : StepUpdatesTests(StoreKind.PostgreSql);
internal sealed class PostgreSqlSubscriptionTests() : SubscriptionTests(StoreKind.PostgreSql);
internal sealed class PostgreSqlTextTests() : TextTests(StoreKind.PostgreSql);
internal sealed class PostgreSqlTransactionTests() : TransactionTests(StoreKind.PostgreSql);
internal sealed class PostgreSqlTypedSubscriptionTests() : TypedSubscriptionTests(StoreKind.PostgreSql);
internal sealed class PostgreSqlWaitForTests() : WaitForTests(StoreKind.PostgreSql);
internal sealed class PostgreSqlWatchTests() : WatchTests(StoreKind.PostgreSql);
internal sealed class PostgreSqlWireFormTests() : WireFormTests(StoreKind.PostgreSql);
