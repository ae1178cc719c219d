using System.Collections.Concurrent;

namespace BuildData.Torture.PowerCut.Checking;

/// <summary>All events that the recorded process has committed. Can be used from any thread.</summary>
internal sealed class RecordedHistory
{
    private static readonly string[] AllPatterns =
    [
        "/buildsets/*", "/buildrequests/*?property=*", "/builds/*?property=*", "/builds/*/properties", "/steps/*", "/logs/*", "/builders/*", "/workers/*", "/masters/*",
    ];

    // The states of a sync point end with a few different events.
    private const int MaxModels = 16;

    private readonly ConcurrentDictionary<long, StoreModel> _models = new();
    private readonly List<DataEvent> _events;

    private RecordedHistory(List<DataEvent> events, IReadOnlyList<EventRow> rows)
    {
        _events = events;
        Rows = rows;
    }

    /// <summary>Gets the rows of the table of events. Some of them are of events that only watches receive.</summary>
    public IReadOnlyList<EventRow> Rows { get; }

    /// <summary>Reads the events from the files that the process has left behind.</summary>
    public static async Task<RecordedHistory> Read(StoreOpener opener, string folder)
    {
        await using Master master = await opener.Open(folder);
        IReadOnlyList<EventRow> rows = StoreFile.ReadEvents(StoreOpener.Database(folder));
        var events = new List<DataEvent>();
        if (rows.Count > 0)
        {
            long last = master.Data.Events.LastSequence;
            await using Subscription kept = Subscribe(master, after: 0);
            await foreach (DataEvent e in kept)
            {
                events.Add(e);
                if (e.Sequence == last)
                    break;
            }
        }

        return new RecordedHistory(events, rows);
    }

    /// <summary>Subscribes to all events after a cursor.</summary>
    public static Subscription Subscribe(Master master, EventCursor after) => master.Data.Events.Subscribe(AllPatterns, after);

    /// <summary>Returns the last public event up to a sequence number; null if there is none.</summary>
    public DataEvent? LastUpTo(long sequence)
    {
        int count = CountUpTo(sequence);
        return count == 0 ? null : _events[count - 1];
    }

    /// <summary>Returns the public event with a sequence number; null if there is none.</summary>
    public DataEvent? Find(long sequence) => LastUpTo(sequence) is { } e && e.Sequence == sequence ? e : null;

    /// <summary>Returns what the public events up to a sequence number make of nothing. Nobody may change it.</summary>
    public StoreModel ModelAt(long sequence)
    {
        if (_models.Count > MaxModels)
            _models.Clear();
        return _models.GetOrAdd(sequence, CreateModel);
    }

    private StoreModel CreateModel(long sequence)
    {
        var model = new StoreModel();
        foreach (DataEvent e in _events.Take(CountUpTo(sequence)))
            model.Apply(e);
        return model;
    }

    private int CountUpTo(long sequence)
    {
        (int low, int high) = (0, _events.Count);
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_events[middle].Sequence <= sequence)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }
}
