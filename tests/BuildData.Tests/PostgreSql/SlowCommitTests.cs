namespace BuildData.Tests;

/// <summary>Every commit takes 300 ms, because it waits until a replica shows the change.</summary>
internal sealed class SlowCommitTests() : ReplicatedStoreTests(applyDelayMilliseconds: 300)
{
    private const int Callers = 64;
    private const int UpdatesEach = 3;

    private Master[] _masters = [];

    [TearDown]
    public async Task CloseMasters()
    {
        // There are none if the test was skipped for want of the programs.
        if (Replica is not null)
            await Replica.MakeAsynchronous();
        foreach (Master master in _masters)
            await master.DisposeAsync();
    }

    [TestCase(1)]
    [TestCase(2)]
    public async Task Updates_ManyCallers_AllComplete(int masters)
    {
        await Store.Scalar<int?>($"ALTER DATABASE {Store.Database} SET synchronous_commit = 'remote_apply'");
        _masters = [.. await Task.WhenAll(Enumerable.Range(0, masters).Select(i => Store.Open(options => options.MasterName = $"m{i}")))];
        long[] steps = await _masters[0].Data.Updates.Steps(Callers);
        await Replica.MakeSynchronous();

        await Task.WhenAll(steps.Select((step, i) => Task.Run(async () =>
        {
            for (int update = 1; update <= UpdatesEach; update++)
                await _masters[i % masters].Data.Updates.SetStepStateString(step, $"update {update}");
        }))).WaitAsync(Given.Patience);

        (await _masters[0].Data.GetAll<Step>("/steps")).Should().HaveCount(Callers).And.OnlyContain(step => step.StateString == $"update {UpdatesEach}");
    }
}
