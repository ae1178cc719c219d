using BuildData.Stores.Sqlite;
using Microsoft.Data.Sqlite;

namespace BuildData.Tests;

/// <summary>What readers are told of a commit that is in progress.</summary>
internal sealed class CommitTrackerTests
{
    private CommitTracker _tracker = null!;
    private TempFolder _folder = null!;
    private SqliteReadSession _reader = null!;

    [SetUp]
    public async Task OpenReader()
    {
        _tracker = new CommitTracker();
        _folder = new TempFolder();
        await using (await Master.Open(_folder.ConnectionString))
            _reader = new SqliteFile(_folder.ConnectionString, new SqliteOptions()).OpenForReading();
    }

    [TearDown]
    public void CloseReader()
    {
        _reader.Dispose();
        _folder.Dispose();
    }

    [Test]
    public void TryBeginSnapshot_SequenceWasSet_ReturnsIt()
    {
        _tracker.SetLastSequence(7);

        _tracker.TryBeginSnapshot(_reader, out long sequence).Should().BeNull();

        sequence.Should().Be(7);
    }

    [Test]
    public async Task TryBeginSnapshot_AnotherCommitFollows_SnapshotDoesNotIncludeIt()
    {
        _tracker.TryBeginSnapshot(_reader, out _);

        await Write("UPDATE event_log SET position = 1234");

        List<long> read = await _reader.Rows<long>(_reader.Sql().Append("SELECT position FROM event_log"), CancellationToken.None);
        read.Single().Should().NotBe(1234);
    }

    [TestCase(0, false, true)]
    [TestCase(1, false, false)]
    [TestCase(1, true, true)]
    public void TryBeginSnapshot_CommitIsInProgress_TellsWhetherTheDatabaseShowsItsSequence(int events, bool storesSequence, bool shows) =>
        Begin(events, storesSequence).StoresSequence.Should().Be(shows);

    [Test]
    public void IsInProgress_CommitHasEnded_False()
    {
        CommitTracker.CommitInProgress commit = Begin();

        _tracker.RecordCommitEnd(succeeded: true, TimeSpan.Zero);

        _tracker.IsInProgress(commit).Should().BeFalse();
    }

    [Test]
    public void IsInProgress_AnotherCommitFollows_False()
    {
        CommitTracker.CommitInProgress first = BeginAndEnd();

        Begin();

        _tracker.IsInProgress(first).Should().BeFalse();
    }

    [Test]
    public void WaitForEnd_AnotherCommitFollows_DoesNotWaitForIt()
    {
        CommitTracker.CommitInProgress first = BeginAndEnd();

        Begin();

        _tracker.WaitForEnd(first).IsCompleted.Should().BeTrue();
    }

    [Test]
    public void WaitForEnd_SeveralWait_AllContinue()
    {
        CommitTracker.CommitInProgress commit = Begin();
        Task[] waiting = [_tracker.WaitForEnd(commit), _tracker.WaitForEnd(commit)];
        waiting.Should().NotContain(task => task.IsCompleted);

        _tracker.RecordCommitEnd(succeeded: true, TimeSpan.Zero);

        waiting.Should().OnlyContain(task => task.IsCompleted);
    }

    private CommitTracker.CommitInProgress BeginAndEnd()
    {
        CommitTracker.CommitInProgress commit = Begin();
        _tracker.RecordCommitEnd(succeeded: true, TimeSpan.Zero);
        return commit;
    }

    private CommitTracker.CommitInProgress Begin(int events = 1, bool storesSequence = true)
    {
        _tracker.RecordCommitStart(events, storesSequence);
        return _tracker.TryBeginSnapshot(_reader, out _)!.Value;
    }

    private async Task Write(string sql)
    {
        await using var connection = new SqliteConnection($"{_folder.ConnectionString};Pooling=False");
        await connection.OpenAsync();
        await using var command = new SqliteCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
