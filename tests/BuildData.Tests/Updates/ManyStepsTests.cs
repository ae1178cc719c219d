using BuildData.Resources.Steps;

namespace BuildData.Tests;

/// <summary>Builds with more steps than names are held of.</summary>
internal abstract class ManyStepsTests(StoreKind store) : MasterTests(store)
{
    [Test]
    public async Task NewStep_NamesAreNotHeld_NumbersAndNamesAreTheNextFree()
    {
        long buildId = await Updates.Build();
        await Updates.Transaction(async u =>
        {
            for (int i = 0; i <= StepNames.MaxCached; i++)
                await u.NewStep(buildId, $"s{i}");
        });

        AddedStep[] steps =
        [
            await Updates.NewStep(buildId, "s5"), await Updates.NewStep(buildId, "s5"), await Updates.NewStep(buildId, "s5_2"), await Updates.NewStep(buildId, "new"),
        ];

        steps.Select(step => (step.Number, step.Name)).Should().Equal(
            (StepNames.MaxCached + 1, "s5_1"), (StepNames.MaxCached + 2, "s5_2"), (StepNames.MaxCached + 3, "s5_2_1"), (StepNames.MaxCached + 4, "new"));
    }

    [Test]
    public async Task NewStep_AfterARestart_GoesOnBehindThoseThatAreThere()
    {
        long buildId = await Updates.Build();
        await Updates.Transaction(async u =>
        {
            for (int i = 0; i <= StepNames.MaxCached; i++)
                await u.NewStep(buildId, "step");
        });
        await Master.DisposeAsync();
        await using Master again = await Store.Open();

        AddedStep step = await again.Data.Updates.NewStep(buildId, "step");

        (step.Number, step.Name).Should().Be((StepNames.MaxCached + 1, $"step_{StepNames.MaxCached + 1}"));
    }
}
