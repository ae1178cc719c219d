using System.Collections.Concurrent;
using BuildData.Torture.PowerCut.Load;

namespace BuildData.Torture.PowerCut.Checking;

/// <summary>Opens a store after a power cut and compares it with what was promised. Can be used from any thread.</summary>
/// <param name="opener">Opens the store.</param>
/// <param name="history">All events of the recorded process.</param>
/// <param name="promisesFull">Whether each acknowledged update must be there.</param>
internal sealed class StateCheck(StoreOpener opener, RecordedHistory history, bool promisesFull)
{
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(20);

    // The model of a number of events is compared once with tables of a content. Other states with the same content need no comparison.
    private readonly ConcurrentDictionary<(long Sequence, string Tables), bool> _compared = new();
    private readonly ConcurrentDictionary<(long Sequence, long Announced), bool> _followed = new();

    /// <summary>Describes the first broken promise; null if all are kept.</summary>
    public async Task<string?> FindViolation(string folder, Promises promises)
    {
        try
        {
            await using Master master = await opener.Open(folder);
            return await FindViolation(folder, master, promises);
        }
        catch (BuildDataException error)
        {
            return $"The store fails: {error}";
        }
    }

    private async Task<string?> FindViolation(string folder, Master master, Promises promises)
    {
        using var file = new StoreFile(StoreOpener.Database(folder));
        if (file.FindDamage() is { } damage)
            return damage;
        IReadOnlyList<EventRow> events = file.ReadEvents();
        if (FindWrongEvent(events) is { } wrong)
            return wrong;
        long last = events.Count == 0 ? 0 : events[^1].Sequence;
        if (promisesFull && last < promises.LastSequence)
            return $"The last event is {last}, but {promises.LastSequence} was acknowledged.";
        StoreModel model = history.ModelAt(last);
        if (_compared.TryAdd((last, file.HashTables()), true) && model.FirstDifference(await StoreModel.Read(master)) is { } difference)
            return $"After event {last}: {difference}";
        return await FindWrongLines(master, model, promises) ?? await FindWrongFollower(master, last, promises);
    }

    private string? FindWrongEvent(IReadOnlyList<EventRow> events)
    {
        for (int i = 0; i < events.Count; i++)
        {
            if (i >= history.Rows.Count || events[i] != history.Rows[i])
                return $"The event {events[i]} is not the one that was committed.";
        }

        return null;
    }

    private async Task<string?> FindWrongLines(Master master, StoreModel model, Promises promises)
    {
        foreach (StepLog log in model.Logs)
        {
            if (promisesFull && promises.Lines.GetValueOrDefault(log.LogId) > log.NumLines)
                return $"The log {log.LogId} has {log.NumLines} lines, but {promises.Lines[log.LogId]} were acknowledged.";
            if (log.Type != LogType.Removed && await FindWrongLine(master, log) is { } wrong)
                return wrong;
        }

        return null;
    }

    private static async Task<string?> FindWrongLine(Master master, StepLog log)
    {
        long number = 0;
        await foreach (string line in master.Data.Logs.Lines(log.LogId))
        {
            if (!line.AsSpan(log.Type == LogType.Stdio ? 1 : 0).SequenceEqual(LogText.Line(log.LogId, number)))
                return $"The line {number} of the log {log.LogId} is '{line}'.";
            number++;
        }

        return number == log.NumLines ? null : $"{number} lines of the log {log.LogId} can be read, but it has {log.NumLines}.";
    }

    /// <summary>A follower goes on after an event that is there. After one that is lost, it gets an error, before and after new events.</summary>
    private async Task<string?> FindWrongFollower(Master master, long last, Promises promises)
    {
        if (!_followed.TryAdd((last, promises.LastSequence), true))
            return null;
        DataEvent? lost = promises.LastSequence > last ? history.Find(promises.LastSequence) : null;
        if (lost is not null && await Follow(master, lost.Cursor) is var before and not EventsLostException)
            return $"A follower does not learn that the event {lost} is lost, when the last one is {last}: {before}";
        await master.Data.Updates.AddBuildset(reason: "after the power cut");
        if (lost is not null && await Follow(master, lost.Cursor) is var after and not EventsLostException)
            return $"A follower does not learn that the event {lost} is lost, when there are new ones after {last}: {after}";
        return history.LastUpTo(last) is { } kept && await Follow(master, kept.Cursor) is { } error ? $"A follower can't go on after the event {kept}: {error}" : null;
    }

    private static async Task<Exception?> Follow(Master master, EventCursor after)
    {
        using var end = new CancellationTokenSource(TimeLimit);
        try
        {
            await using Subscription subscription = RecordedHistory.Subscribe(master, after);
            await using IAsyncEnumerator<DataEvent> events = subscription.GetAsyncEnumerator(end.Token);
            return await events.MoveNextAsync() ? null : new InvalidOperationException("The stream has ended.");
        }
        catch (Exception error) when (error is BuildDataException or OperationCanceledException)
        {
            return error;
        }
    }
}
