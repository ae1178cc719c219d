namespace BuildData.StoreContracts;

/// <summary>Builds with more steps than names are held of.</summary>
public abstract class ManyStepsTests(StoreKind kind) : MasterTests(kind)
{
    /// <summary>The number of steps of a build whose names the library holds.</summary>
    public const int MostHeld = 10_000;

    [Test]
    public async Task NewStep_NamesAreNotHeld_NumbersAndNamesAreTheNextFree()
    {
        long buildId = await Updates.Build();
        await Updates.Transaction(async u =>
        {
            for (int i = 0; i <= MostHeld; i++)
                await u.NewStep(buildId, $"s{i}");
        });

        AddedStep[] steps =
        [
            await Updates.NewStep(buildId, "s5"), await Updates.NewStep(buildId, "s5"), await Updates.NewStep(buildId, "s5_2"), await Updates.NewStep(buildId, "new"),
        ];

        steps.Select(step => (step.Number, step.Name)).Should().Equal(
            (MostHeld + 1, "s5_1"), (MostHeld + 2, "s5_2"), (MostHeld + 3, "s5_2_1"), (MostHeld + 4, "new"));
    }

    [Test]
    public async Task NewStep_AfterARestart_GoesOnBehindThoseThatAreThere()
    {
        long buildId = await Updates.Build();
        await Updates.Transaction(async u =>
        {
            for (int i = 0; i <= MostHeld; i++)
                await u.NewStep(buildId, "step");
        });
        await Master.DisposeAsync();
        await using Master again = await Store.Open();

        AddedStep step = await again.Data.Updates.NewStep(buildId, "step");

        (step.Number, step.Name).Should().Be((MostHeld + 1, $"step_{MostHeld + 1}"));
    }
}
