using BuildData.Torture.Running;
using BuildData.Torture.Upgrade.Old;
using BuildData.Torture.Upgrade.Stores;
using Dapper;

namespace BuildData.Torture.Upgrade.Examination;

/// <summary>Follows the events that older libraries have kept, and those that come after the migration.</summary>
/// <param name="master">The master.</param>
/// <param name="store">Its store.</param>
/// <param name="old">What the store was.</param>
/// <param name="mayHaveGap">Whether there may be a gap behind the events.</param>
internal sealed class EventExaminationOfOld(Master master, OldStore store, OldDatabase old, bool mayHaveGap)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly string[] Patterns = ["/builders/*", "/buildsets/*", "/builds/*?property=*", "/steps/*"];

    /// <summary>Compares kept events, lets somebody write, and compares how the events continue.</summary>
    /// <param name="write">Writes, and returns the id of the buildset that it adds first.</param>
    /// <exception cref="ViolationException">Events are missing, changed or out of order.</exception>
    public async Task Run(Func<Task<long>> write)
    {
        DataEvent[] kept = await FollowKept();
        long buildset = await write();
        await CompareNumbers(kept);
        if (old.Events.Length > 0)
        {
            // A follower knows the last event with its time, or only its number.
            await ExpectNext(new EventCursor(old.LastSequence, OldDatabase.TimeOf(old.LastSequence)), buildset);
            await ExpectNext(old.LastSequence, buildset);
        }

        if (old.Events.Length > 0 && !old.HasFirstEvents)
            await ExpectExpired();
    }

    private async Task<DataEvent[]> FollowKept()
    {
        if (old.Events.Length == 0)
            return [];
        EventCursor start = old.HasFirstEvents ? 0 : new EventCursor(old.Events[0].Sequence, OldDatabase.TimeOf(old.Events[0].Sequence));
        OldEvent[] expected = old.HasFirstEvents ? old.Events : old.Events[1..];
        DataEvent[] found = await Read(start, expected.Length);
        foreach ((OldEvent before, DataEvent now) in expected.Zip(found))
        {
            if (before.Sequence != now.Sequence || before.Name != now.Name || !before.Resource.Equals(now.Resource) || now.At != OldDatabase.TimeOf(before.Sequence))
                throw new ViolationException(
                    $"A kept event of the version {old.Version} has changed.\nWritten: {before.Sequence} {before.Name} {OldDatabase.TimeOf(before.Sequence):o} {ResourceText.Of(before.Resource)}\n"
                    + $"Found:   {now.Sequence} {now.Name} {now.At:o} {ResourceText.Of(now.Resource)}");
        }

        return found;
    }

    private async Task<DataEvent[]> Read(EventCursor after, int count)
    {
        using var end = new CancellationTokenSource(Patience);
        var events = new List<DataEvent>();
        try
        {
            await using Subscription subscription = master.Data.Events.Subscribe(Patterns, after);
            await foreach (DataEvent e in subscription.WithCancellation(end.Token))
            {
                events.Add(e);
                if (events.Count == count)
                    break;
            }
        }
        catch (Exception error) when (error is OperationCanceledException or BuildDataException)
        {
            throw new ViolationException($"A follower of a store of the version {old.Version} gets {events.Count} of {count} events after {after}: {error}");
        }

        return [.. events];
    }

    private async Task CompareNumbers(DataEvent[] kept)
    {
        await using System.Data.Common.DbConnection connection = await store.Connect();
        long[] all = [.. await connection.QueryAsync<long>("SELECT sequence FROM events ORDER BY sequence")];
        long[] own = [.. all.Where(sequence => sequence > old.LastSequence)];
        if (all.Length - own.Length != old.Events.Length)
            throw new ViolationException($"{all.Length - own.Length} of {old.Events.Length} kept events are there after the migration.");

        // A version without the state of the file does not know whether its process was killed. After a kill, there is a gap.
        bool isClosed = !mayHaveGap && (!old.Data.WasKilled || old.Version < 3);
        if (store is OldSqliteStore && isClosed && (own.Length == 0 || own[0] != old.LastSequence + 1 || own[^1] != old.LastSequence + own.Length))
            throw new ViolationException($"The last event was {old.LastSequence}. The next ones are {string.Join(", ", own.Take(5))}.");
        if (own.Length == 0)
            throw new ViolationException($"Updates after the migration have announced nothing after {kept.LastOrDefault()}.");
    }

    private async Task ExpectNext(EventCursor after, long buildset)
    {
        DataEvent[] next = await Read(after, 2);
        if (!Array.Exists(next, e => e is { Name: "new", Resource: Buildset found } && found.BuildsetId == buildset))
            throw new ViolationException($"After the event {after}, a follower gets {string.Join(", ", next.Select(e => e.ToString()))}, not the buildset {buildset}.");
    }

    private async Task ExpectExpired()
    {
        using var end = new CancellationTokenSource(Patience);
        try
        {
            await using Subscription subscription = master.Data.Events.Subscribe(Patterns, after: 0);
            await foreach (DataEvent e in subscription.WithCancellation(end.Token))
                throw new ViolationException($"The first events have expired, but a follower who begins before them gets {e}.");
        }
        catch (CursorExpiredException)
        {
        }
    }
}
