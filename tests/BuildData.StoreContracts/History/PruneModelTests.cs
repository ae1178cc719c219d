namespace BuildData.StoreContracts;

/// <summary>A removal of random history leaves the same as a model in memory.</summary>
public abstract class PruneModelTests(StoreKind kind) : MasterTests(kind)
{
    [Test]
    public async Task Prune_OfRandomHistory_LeavesWhatTheModelLeaves([Range(1, 6)] int seed)
    {
        var random = new Random(seed);
        var history = new RandomHistory(Updates, Clock, random);
        for (int round = 0; round < 3; round++)
        {
            await history.Grow(buildsets: 40);
            var policy = new HistoryPolicy(TimeSpan.FromDays(random.Next(1, 15)), random.Next(4));
            HistoryModel model = await HistoryModel.Read(Data);
            PruneResult expected = model.Prune(policy, Clock.GetUtcNow());

            PruneResult counted = await Updates.Prune(policy, dryRun: true);
            PruneResult removed = await Updates.Prune(policy);

            removed.Should().Be(expected);
            counted.Should().Be(expected with { IsDryRun = true });
            history.Forget(await Data.GetAll<Build>("/builds"));
            (await HistoryModel.Read(Data)).All.Should().BeEquivalentTo(model.All, options => options.ComparingByValue<object>());
        }
    }

    protected override void Configure(BuildDataOptions options)
    {
        // Collapsed requests would only make the history smaller.
        options.CollapseBuildRequests = CollapsePolicy.Never;
    }
}
