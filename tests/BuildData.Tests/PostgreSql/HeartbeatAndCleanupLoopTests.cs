using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace BuildData.Tests;

/// <summary>A master's periodic work ends before the master has closed.</summary>
internal sealed class HeartbeatAndCleanupLoopTests() : StoreTests(StoreKinds.PostgreSql)
{
    private readonly FakeTimeProvider _clock = new();
    private readonly FakeLogCollector _log = new();

    [Test]
    public async Task Dispose_HeartbeatComesDueMeanwhile_LeavesWithoutComplaint()
    {
        Master master = await Open();

        ValueTask leaving = master.DisposeAsync();
        _clock.Advance(new BuildDataOptions().Heartbeat);
        await leaving;

        _log.GetSnapshot().Where(record => record.Level >= LogLevel.Warning).Should().BeEmpty();
        await using Master next = await Store.Open(options => options.MasterName = "next");
        (await next.Data.GetAll<MasterInfo>("/masters?active=true")).Select(info => info.Name).Should().Equal("next");
    }

    [Test]
    public async Task Dispose_HeartbeatIsBeingWritten_LeavesAfterIt()
    {
        Master master = await Open();

        _clock.Advance(new BuildDataOptions().Heartbeat);
        await master.DisposeAsync();

        _log.GetSnapshot().Where(record => record.Level >= LogLevel.Warning).Should().BeEmpty();
        await using Master next = await Store.Open(options => options.MasterName = "next");
        (await next.Data.GetAll<MasterInfo>("/masters?active=true")).Select(info => info.Name).Should().Equal("next");
    }

    private Task<Master> Open() => Store.Open(options =>
    {
        options.MasterName = "leaves";
        options.TimeProvider = _clock;
        options.LoggerFactory = _log.ToLoggerFactory();
    });
}
