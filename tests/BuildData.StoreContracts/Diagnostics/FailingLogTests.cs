namespace BuildData.StoreContracts;

/// <summary>A host's log that throws makes nothing else fail.</summary>
public abstract class FailingLogTests(StoreKind kind) : MasterTests(kind)
{
    protected override void Configure(BuildDataOptions options)
    {
        options.SubscriberBuffer = 1;
        options.LoggerFactory = LogCollectorExtensions.ThrowingLoggerFactory();
    }

    [Test]
    public async Task Log_OfASubscriberThatLags_LetsTheUpdateBe()
    {
        long stepId = await Updates.Step();
        await using Subscription slow = Data.Events.Subscribe("/steps/*");

        for (int i = 0; i < 3; i++)
            await Updates.SetStepStateString(stepId, $"{i}");

        (await Data.Get<Step>($"/steps/{stepId}"))!.StateString.Should().Be("2");
    }

    [Test]
    public async Task Log_OfACallbackThatFailed_LetsTheNextEventCome()
    {
        long stepId = await Updates.Step();
        using var called = new SemaphoreSlim(0);
        await using EventCallback handling = Data.Events.Subscribe("/steps/*").Handle((_, _) =>
        {
            called.Release();
            throw new InvalidOperationException("the callback's");
        });

        for (int i = 0; i < 2; i++)
        {
            await Updates.SetStepStateString(stepId, $"{i}");
            (await called.WaitAsync(TimeSpan.FromSeconds(30))).Should().BeTrue();
        }
    }

    [Test]
    public async Task Log_OfTheStoresEnd_LetsItEnd()
    {
        await Master.DisposeAsync();

        await using Master again = await Store.Open();
        (await again.Data.GetAll<MasterInfo>("/masters")).Should().ContainSingle();
    }
}
