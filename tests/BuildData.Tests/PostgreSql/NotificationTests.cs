namespace BuildData.Tests;

/// <summary>A notification wakes each session that listens. So a master sends notifications only while other masters listen.</summary>
internal sealed class NotificationTests : ProxyTests
{
    private NotificationReader _notifications = null!;
    private long _step;

    [SetUp]
    public async Task StartReader()
    {
        _notifications = await NotificationReader.Start(Store);
        _step = await Updates.Step();
    }

    [TearDown]
    public async Task StopReader()
    {
        // There is none if it could not be started.
        if (_notifications is not null)
            await _notifications.DisposeAsync();
    }

    [Test]
    public Task Update_NoOtherMasterListens_SendsNoNotification() => AwaitSilence();

    [Test]
    public async Task Update_AnotherMasterBeganToListen_SendsANotification()
    {
        await AwaitSilence();
        await using Master other = await Store.Open(options => options.MasterName = "other");
        await _notifications.Receive(other);

        await Update();

        await _notifications.Receive(Master);
    }

    [Test]
    public async Task Update_TheOtherMasterHasClosed_SendsNoNotification()
    {
        await using (await Store.Open(options => options.MasterName = "other"))
            await Update();

        await AwaitSilence();
    }

    [Test]
    public async Task Open_AnotherMasterIsAlone_IsToldOfItsCommits()
    {
        await AwaitSilence();

        await using Master other = await Store.Open(options => options.MasterName = "other");

        // The commits since the other one began to listen may be unread.
        await _notifications.Receive(Master);
    }

    [Test]
    public async Task Update_AnotherMasterBeganWhileTheListenerWasLost_SendsANotification()
    {
        await AwaitSilence();
        await Proxy.Refuse();
        await Store.EndListener();
        await using Master other = await Store.Open(options => options.MasterName = "other");
        Proxy.Admit();

        while (!await _notifications.ReceivesAfter(Update, Master))
        {
            // The driver has not yet noticed that the session has ended.
        }
    }

    private Task Update() => Updates.SetStepStateString(_step, $"{Guid.NewGuid()}");

    /// <summary>Waits until no notification follows an update.</summary>
    private async Task AwaitSilence()
    {
        while (await _notifications.ReceivesAfter(Update, Master))
        {
            // The master has not yet found out that it is alone.
        }
    }
}
