using Dapper;
using Npgsql;

namespace BuildData.Tests;

/// <summary>The server can't be reached while committed updates wait for the events before theirs.</summary>
internal sealed class UnreadableEventsTests : ProxyTests
{
    private long _step;
    private Subscription _steps = null!;
    private NpgsqlConnection _other = null!;

    [SetUp]
    public async Task DrawAnEarlierTicket()
    {
        _step = await Updates.Step();
        await Updates.SetStepStateString(_step, "first");
        _steps = Master.Data.Events.Subscribe("/steps/*", "updated");
        _other = await UnfinishedUpdate.Start(Store);
    }

    [TearDown]
    public async Task CloseOther()
    {
        await _other.DisposeAsync();
        Proxy.Admit();
    }

    [Test]
    public async Task Update_ServerIsGoneAfterTheCommit_CompletesAndIsAnnouncedLater()
    {
        Task update = await Commit("second");

        await LoseServer();

        await update.WaitAsync(Given.Patience);
        await _other.ExecuteAsync("COMMIT");
        Proxy.Admit();
        (await _steps.Next(2)).Select(e => ((Step)e.Resource).StateString).Should().Equal("drawn", "second");
    }

    [Test]
    public async Task Transaction_ServerIsGoneAfterTheCommit_Completes()
    {
        Task update = Updates.Transaction(inner => inner.SetStepStateString(_step, "second"));
        await Store.Until("SELECT count(*) FROM steps WHERE state_string = 'second'", 1L);

        await LoseServer();

        await update.Awaiting(task => task.WaitAsync(Given.Patience)).Should().NotThrowAsync();
    }

    [Test]
    public async Task DisposeAsync_ServerIsGoneAfterACommit_Ends()
    {
        Task update = await Commit("second");
        await LoseServer();

        await Master.DisposeAsync().AsTask().WaitAsync(Given.Patience);

        await update.WaitAsync(Given.Patience);
    }

    private async Task LoseServer()
    {
        await Proxy.Refuse();
        Proxy.Reset();
    }

    private async Task<Task> Commit(string state)
    {
        Task update = Updates.SetStepStateString(_step, state);
        await Store.Until($"SELECT count(*) FROM steps WHERE state_string = '{state}'", 1L);
        update.IsCompleted.Should().BeFalse();
        return update;
    }
}
