namespace BuildData.Tests;

/// <summary>An update of a known row is a transaction of one statement. The command of this statement is used again and again.</summary>
internal sealed class LoneUpdateTests : ProxyTests
{
    // The driver prepares a statement when it is used for the second time.
    private const int MoreThanUntilPrepared = 5;

    [Test]
    public async Task Update_OfAKnownRow_IsOneStatement()
    {
        long step = (await Updates.Steps(1))[0];
        await SetStates(step, MoreThanUntilPrepared);
        MessageCut messages = Proxy.CountMessages();

        await Updates.SetStepStateString(step, "last");

        // Bind, Execute and Sync: the statement is prepared, and needs no Parse and no Describe.
        string.Concat(messages.Types).Should().Be("BES");
    }

    [Test]
    public async Task Update_OfSeveralRowsInTurn_StoresTheValueOfEach()
    {
        long[] steps = await Updates.Steps(3);

        for (int round = 0; round < MoreThanUntilPrepared; round++)
        {
            foreach (long step in steps)
                await Updates.SetStepStateString(step, $"{step} in {round}");
        }

        (await Master.Data.GetAll<Step>("/steps?order=stepid")).Select(step => step.StateString)
            .Should().Equal(steps.Select(step => $"{step} in {MoreThanUntilPrepared - 1}"));
    }

    [Test]
    public async Task Update_WithNullAfterAValue_StoresNull()
    {
        long[] steps = await Updates.Steps(2 * MoreThanUntilPrepared);

        foreach ((int i, long step) in steps.Index())
            await Updates.StartStep(step, locksAcquired: i % 2 == 0);

        (await Master.Data.GetAll<Step>("/steps?order=stepid")).Select(step => step.LocksAcquiredAt is not null)
            .Should().Equal(steps.Select((_, i) => i % 2 == 0));
    }

    [Test]
    public async Task Update_WhenTheServerHasEndedItsSession_IsStored()
    {
        long step = (await Updates.Steps(1))[0];
        await SetStates(step, MoreThanUntilPrepared);
        await Store.Scalar<long>("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");

        await SetStates(step, MoreThanUntilPrepared);

        (await Master.Data.Get<Step>($"/steps/{step}"))!.StateString.Should().Be($"state {MoreThanUntilPrepared - 1}");
    }

    [Test]
    public async Task Update_AfterTheServerHasRefusedOneOfTheSameKind_IsStored([Range(0, MoreThanUntilPrepared)] int updatesBefore)
    {
        long step = (await Updates.Steps(1))[0];
        await Store.Scalar<object>("ALTER TABLE steps ADD CONSTRAINT refused CHECK (state_string <> 'refused')");
        await SetStates(step, updatesBefore);
        await Updates.Awaiting(u => u.SetStepStateString(step, "refused")).Should().ThrowAsync<StoreException>();

        await SetStates(step, MoreThanUntilPrepared);

        (await Master.Data.Get<Step>($"/steps/{step}"))!.StateString.Should().Be($"state {MoreThanUntilPrepared - 1}");
    }

    private async Task SetStates(long step, int count)
    {
        for (int i = 0; i < count; i++)
            await Updates.SetStepStateString(step, $"state {i}");
    }
}
