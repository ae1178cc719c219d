using System.IO.Pipelines;
using System.Net.WebSockets;
using System.Text;
using BuildData.AspNetCore.Live;
using BuildData.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace BuildData.AspNetCore.Tests;

/// <summary>What sockets receive of a batch that is not sent yet. The time stands still, so a batch waits.</summary>
internal sealed class EventPumpTests
{
    private static readonly TimeSpan MoreThanABatchWaits = TimeSpan.FromSeconds(1);

    [Test]
    public async Task Subscribe_OtherSocketsWithTheSamePatternsWaitForABatch_SendsItsEventsOnlyOnce()
    {
        using var database = new TestDatabase();
        await using Master master = await Master.Open(database.ConnectionString);
        var clock = new StandingClock();
        var pump = new EventPump(master, clock, NullLogger.Instance);
        var other = new EventSocket(() => Stream.Null);
        await pump.Add(other, CancellationToken.None);
        pump.Subscribe(other, "builders/*/*");
        pump.Subscribe(other, "workers/*/*");
        var received = new Pipe();
        var socket = new EventSocket(() => received.Writer.AsStream());
        await pump.Add(socket, CancellationToken.None);
        pump.Subscribe(socket, "builders/*/*");
        using var end = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        Task running = socket.Run(end.Token);

        // The first event is sent at once, the next ones wait.
        await master.Data.Updates.FindBuilderId("first");
        await ReadUntil("builders/1/new");
        await master.Data.Updates.FindBuilderId("second");
        await clock.BatchWaits.WaitAsync(end.Token);
        pump.Subscribe(socket, "workers/*/*");
        clock.Advance(MoreThanABatchWaits);
        await master.Data.Updates.FindBuilderId("third");
        await clock.BatchWaits.WaitAsync(end.Token);
        clock.Advance(MoreThanABatchWaits);
        string text = await ReadUntil("builders/3/new");

        text.Split("builders/2/new").Should().HaveCount(2);
        await pump.Remove(socket);
        await pump.Remove(other);
        await end.CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        async Task<string> ReadUntil(string key)
        {
            var text = new StringBuilder();
            while (!text.ToString().Contains(key, StringComparison.Ordinal))
            {
                ReadResult read = await received.Reader.ReadAsync(end.Token);
                foreach (ReadOnlyMemory<byte> part in read.Buffer)
                    text.Append(Encoding.Latin1.GetString(part.Span));
                received.Reader.AdvanceTo(read.Buffer.End);
            }

            return text.ToString();
        }
    }

    [Test]
    public async Task Add_PumpLagsBehindTheMaster_ClosesAllSocketsWithInternalError()
    {
        using var database = new TestDatabase();
        await using Master master = await Master.Open(options => options.UseSqlite(database.ConnectionString).SubscriberBuffer = 1);
        var clock = new StandingClock();
        var pump = new EventPump(master, clock, NullLogger.Instance);
        var socket = new EventSocket(() => Stream.Null);
        await pump.Add(socket, CancellationToken.None);
        pump.Subscribe(socket, "builders/*/*");

        // The first event is sent at once. While a batch waits for the time, the pump reads no more events.
        await AddBuilders("first", "second");
        await Task.WhenAny(clock.BatchWaits.WaitAsync(), socket.Closing).WaitAsync(TimeSpan.FromSeconds(30));
        await AddBuilders("third", "fourth", "fifth", "sixth");
        clock.Advance(MoreThanABatchWaits);

        (WebSocketCloseStatus status, string reason) = await socket.Closing.WaitAsync(TimeSpan.FromSeconds(30));
        status.Should().Be(WebSocketCloseStatus.InternalServerError);
        reason.Should().Contain("read the state again");
        await pump.Remove(socket);

        async Task AddBuilders(params string[] names)
        {
            foreach (string name in names)
                await master.Data.Updates.FindBuilderId(name);
        }
    }

    private sealed class StandingClock : FakeTimeProvider
    {
        /// <summary>Gets a semaphore that is released whenever a batch begins to wait for the time.</summary>
        public SemaphoreSlim BatchWaits { get; } = new(0);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            ITimer timer = base.CreateTimer(callback, state, dueTime, period);
            BatchWaits.Release();
            return timer;
        }
    }
}
