namespace BuildData.Tests;

/// <summary>The server's plans for the statements of updates, made when the tables were small, serve as well when they are not.</summary>
internal sealed class StatementPlanTests() : MasterTests(StoreKinds.PostgreSql)
{
    [Test]
    public async Task Update_TableGrowsBeforeTheServerKnows_ReadsRowsByTheirKeys()
    {
        const int Builds = 50;
        const int StepsPerBuild = 100;
        long[] builds = await Task.WhenAll(Enumerable.Range(0, Builds).Select(number => Updates.Build($"builder {number}")));

        await Task.WhenAll(builds.Select(async build =>
        {
            for (int i = 0; i < StepsPerBuild; i++)
            {
                AddedStep step = await Updates.NewStep(build, "s");
                await Updates.StartStep(step.StepId);
                await Updates.FinishStep(step.StepId, BuildResult.Success, hidden: false);
            }
        }));

        // The server counts what a connection has done when that ends.
        await Master.DisposeAsync();
        var store = (PostgreSqlTestStore)Store;
        await store.Until("SELECT n_tup_ins FROM pg_stat_user_tables WHERE relname = 'steps'", (long)(Builds * StepsPerBuild));
        (await store.Scalar<long>("SELECT seq_tup_read FROM pg_stat_user_tables WHERE relname = 'steps'"))
            .Should().BeLessThan(Builds * StepsPerBuild, "that is what it would take to read the table once");
        (await store.Scalar<decimal>("SELECT sum(idx_tup_read) FROM pg_stat_user_indexes WHERE relname = 'steps'"))
            .Should().BeLessThan(4 * 3 * Builds * StepsPerBuild, "three updates a step look at few rows each");
    }
}
