using BuildData.Diagnostics;
using BuildData.Resources;
using BuildData.Stores.Sqlite;
using Dapper;
using Microsoft.Data.Sqlite;

namespace BuildData.Tests;

/// <summary>Which sequence numbers the file has after it was opened, and after a commit.</summary>
internal sealed class SqliteEventLogTests
{
    private const long Gap = 1L << 32;

    private TempFolder _folder = null!;
    private SqliteConnection _connection = null!;
    private SqliteWriteSession _session = null!;

    [SetUp]
    public async Task OpenFile()
    {
        _folder = new TempFolder();
        await using (await Master.Open(_folder.ConnectionString))
        {
        }

        _connection = new SqliteConnection($"{_folder.ConnectionString};Pooling=False");
        await _connection.OpenAsync();
        _session = new SqliteWriteSession(_connection);
        Set(position: 3, first: 4, writer: 0);
        _session.Begin();
    }

    [TearDown]
    public void CloseFile()
    {
        _session.Dispose();
        _folder.Dispose();
    }

    [Test]
    public void LeaveGapIfNotClosed_FileWasClosed_ChangesNothing()
    {
        SqliteEventLog.LeaveGapIfNotClosed(_session).Should().BeFalse();

        Stored().Should().Be((3, 4, 0));
    }

    [Test]
    public void LeaveGapIfNotClosed_FileWasNotClosed_SkipsNumbersOnce()
    {
        Set(position: 3, first: 4, writer: 17);

        SqliteEventLog.LeaveGapIfNotClosed(_session).Should().BeTrue();
        SqliteEventLog.LeaveGapIfNotClosed(_session).Should().BeFalse();

        Stored().Should().Be((3 + Gap, 4 + Gap, 0));
    }

    [Test]
    public void LeaveGapIfNotClosed_FirstEventsWereRemoved_StillKnowsThat()
    {
        Set(position: 3, first: 0, writer: 17);

        SqliteEventLog.LeaveGapIfNotClosed(_session);

        Stored().Should().Be((3 + Gap, 0, 0));
    }

    [Test]
    public void LeaveGapIfNotClosed_AllEventsAreKept_FirstEventStaysTheSame()
    {
        Set(position: 3, first: 4, writer: 17);
        Keep(4, 5);

        SqliteEventLog.LeaveGapIfNotClosed(_session);

        Stored().Should().Be((5 + Gap, 4, 0));
    }

    [Test]
    public void InitializeLastSequence_FileWasNotClosed_StoresTheNumberAfterTheGap([Values] bool keepsEvents)
    {
        SqliteEventLog log = Log(keepsEvents);

        log.InitializeLastSequence(wasFileClosed: false).Sequence.Should().Be(3 + Gap);

        log.LastSequence.Should().Be(3 + Gap);
        Stored().Position.Should().Be(3 + Gap);
    }

    [Test]
    public void InitializeLastSequence_EventsAreNoLongerKept_StoresTheNumberOfTheLast()
    {
        Keep(4, 5);

        Log(keepsEvents: false).InitializeLastSequence(wasFileClosed: true).Should().Be((EventCursor)5);

        Stored().Position.Should().Be(5);
        _connection.ExecuteScalar<long>("SELECT count(*) FROM events").Should().Be(0);
    }

    [TestCase(2, 3, false)]
    [TestCase(3, 3, false)]
    [TestCase(4, 4, true)]
    public void RefreshLastSequence_AnotherProcessHasStoredANumber_TakesAHigherOne(long stored, long expected, bool hasIncreased)
    {
        SqliteEventLog log = Log(keepsEvents: false);
        log.InitializeLastSequence(wasFileClosed: true);
        Set(stored, first: 4, writer: 0);

        log.RefreshLastSequence().Should().Be(hasIncreased);

        log.LastSequence.Should().Be(expected);
    }

    [TestCase(0, true, false)]
    [TestCase(2, true, true)]
    [TestCase(2, false, false)]
    public void NumberAndStoreEvents_EventsAreNotKept_StoresTheNumberOnlyIfAReaderNeedsIt(int events, bool storesSequence, bool writes)
    {
        using var telemetry = new Telemetry(null, null, "master");
        var connection = new RecordingConnection(telemetry);
        for (int i = 0; i < events; i++)
            connection.UpdateContext.Announce(ResourceTypes.Catalog.All[0], "new", new object(), 1);
        SqliteEventLog log = Log(keepsEvents: false);
        log.InitializeLastSequence(wasFileClosed: true);
        long before = _session.WriteCount;

        log.NumberAndStoreEvents(connection.UpdateContext, storesSequence).Should().Be(4);

        (_session.WriteCount > before).Should().Be(writes);
        Stored().Position.Should().Be(writes ? 3 + events : 3);
    }

    private SqliteEventLog Log(bool keepsEvents)
    {
        var options = new BuildDataOptions();
        if (keepsEvents)
            options.KeepEvents(TimeSpan.FromHours(1));
        return new SqliteEventLog(_session, options);
    }

    private void Set(long position, long first, long writer)
    {
        _connection.Execute("UPDATE event_log SET position = $position, first_sequence = $first", new { position, first });
        _connection.Execute("UPDATE file_state SET writer = $writer", new { writer });
    }

    private void Keep(params IEnumerable<long> sequences) =>
        _connection.Execute(
            "INSERT INTO events (sequence, at, kind, name, resource_id, resource) VALUES ($sequence, 1, 'builder', 'new', 1, '{}')",
            sequences.Select(sequence => new { sequence }));

    private (long Position, long First, long Writer) Stored() =>
        _connection.QuerySingle<(long, long, long)>("SELECT position, first_sequence, writer FROM event_log, file_state");
}
