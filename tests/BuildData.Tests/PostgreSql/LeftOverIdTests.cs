namespace BuildData.Tests;

/// <summary>Ids that were reserved for updates that failed, which the next inserts take.</summary>
internal sealed class LeftOverIdTests() : MasterTests(StoreKinds.PostgreSql)
{
    [Test]
    public async Task Insert_AfterUpdatesThatFailed_TakesTheNextIdWithoutAGap()
    {
        long buildId = await Updates.Build();
        for (int i = 0; i < 5; i++)
            await Updates.Awaiting(updates => updates.NewStep(buildId + 1, "s")).Should().ThrowAsync<ResourceNotFoundException>();

        long first = (await Updates.NewStep(buildId, "a")).StepId;
        long second = await Updates.Transaction(async u => (await u.NewStep(buildId, "b")).StepId);
        long third = await Updates.Transaction(async u => (await u.NewStep(buildId, "c")).StepId);

        new[] { first, second, third }.Should().Equal(1, 2, 3);
    }
}
