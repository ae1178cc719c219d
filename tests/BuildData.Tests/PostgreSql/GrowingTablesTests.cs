namespace BuildData.Tests;

/// <summary>
/// The server believes for minutes that tables are as small as when it analyzed them last, and keeps plans even longer. What updates
/// read does not grow with the tables all the same.
/// </summary>
internal sealed class GrowingTablesTests
{
    private const int Callers = 16;
    private const int Builds = 60;
    private const int MostRowsForABuild = 10_000;

    private PostgreSqlTestStore _store = null!;

    [SetUp]
    public async Task CreateStore() => _store = (PostgreSqlTestStore)await StoreKinds.PostgreSql.Create();

    [TearDown]
    public async Task DropStore()
    {
        // There is none if the test was skipped because there is no server.
        if (_store is not null)
            await _store.DisposeAsync();
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task Updates_TablesGrowAndAreNotAnalyzed_ReadAsMuchAsBefore(bool wereAnalyzedWithOneRow)
    {
        await using (Master master = await _store.Open(options => options.KeepEvents(TimeSpan.FromHours(1))))
        {
            await _store.Scalar<int?>(
                """
                DO $$ DECLARE name text; BEGIN
                    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
                        EXECUTE format('ALTER TABLE %I SET (autovacuum_enabled = false)', name);
                    END LOOP;
                END $$
                """);
            Updates updates = master.Data.Updates;
            long builder = await updates.FindBuilderId("linux");
            await RunBuild(updates, builder);
            if (wereAnalyzedWithOneRow)
                await _store.Scalar<int?>("DO $$ BEGIN ANALYZE; END $$");

            await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Task.Run(async () =>
            {
                for (int i = 0; i < Builds; i++)
                    await RunBuild(updates, builder);
            })));
        }

        // The sessions have ended, and told what they have read.
        await _store.Until("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()", 0L);
        long read = await _store.Scalar<long>("SELECT sum(idx_tup_read)::bigint FROM pg_stat_user_indexes WHERE relname <> 'events'")
            + await _store.Scalar<long>("SELECT sum(seq_tup_read)::bigint FROM pg_stat_user_tables WHERE relname <> 'events'");
        (read / (Callers * Builds)).Should().BeLessThan(MostRowsForABuild, "of {0} rows", Callers * Builds);
    }

    private static async Task RunBuild(Updates updates, long builder)
    {
        AddedBuildset added = await updates.AddBuildset(builderIds: [builder], properties: new() { ["owner"] = ("me", "test") });
        await updates.ClaimBuildRequests([added.BuildRequestIds[builder]]);
        AddedBuild build = await updates.AddBuild(builder, added.BuildRequestIds[builder]);
        AddedStep step = await updates.NewStep(build.BuildId, "compile");
        await updates.StartStep(step.StepId);
        await updates.FinishStep(step.StepId, BuildResult.Success);
        await updates.FinishBuild(build.BuildId, BuildResult.Success);
        await updates.CompleteBuildRequests([added.BuildRequestIds[builder]], BuildResult.Success);
    }
}
