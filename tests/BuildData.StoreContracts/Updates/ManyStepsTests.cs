namespace BuildData.StoreContracts;

/// <summary>Builds with more steps than the library caches the names of.</summary>
public abstract class ManyStepsTests(StoreKind kind) : MasterTests(kind)
{
    /// <summary>The number of steps of a build whose names the library caches.</summary>
    public const int MaxCached = 10_000;

    [Test]
    public async Task NewStep_NamesAreNotCached_NumbersAndNamesAreTheNextFree()
    {
        long buildId = await Updates.Build();
        await Updates.Transaction(async u =>
        {
            for (int i = 0; i <= MaxCached; i++)
                await u.NewStep(buildId, $"s{i}");
        });

        AddedStep[] steps =
        [
            await Updates.NewStep(buildId, "s5"), await Updates.NewStep(buildId, "s5"), await Updates.NewStep(buildId, "s5_2"), await Updates.NewStep(buildId, "new"),
        ];

        steps.Select(step => (step.Number, step.Name)).Should().Equal(
            (MaxCached + 1, "s5_1"), (MaxCached + 2, "s5_2"), (MaxCached + 3, "s5_2_1"), (MaxCached + 4, "new"));
    }

    [Test]
    public async Task NewStep_AfterARestart_GoesOnBehindThoseThatAreThere()
    {
        long buildId = await Updates.Build();
        await Updates.Transaction(async u =>
        {
            for (int i = 0; i <= MaxCached; i++)
                await u.NewStep(buildId, "step");
        });
        await Master.DisposeAsync();
        await using Master again = await Store.Open();

        AddedStep step = await again.Data.Updates.NewStep(buildId, "step");

        (step.Number, step.Name).Should().Be((MaxCached + 1, $"step_{MaxCached + 1}"));
    }
}
