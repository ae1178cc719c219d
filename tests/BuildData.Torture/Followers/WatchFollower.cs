using System.Buffers;
using System.Text.Json;
using BuildData.Torture.Running;

namespace BuildData.Torture.Followers;

/// <summary>Watches several paths, applies the changes, and begins anew when it has lagged, left, or the master was disposed.</summary>
/// <param name="run">The run, for its figures.</param>
/// <param name="random">The random numbers.</param>
internal sealed class WatchFollower(CheckRun run, Random random) : IFollower
{
    private const int MostChangesBeforeItLeaves = 80;
    private const int MostCallsItWaits = 120;

    private string[] _paths = [];
    private WatchedRows? _rows;
    private bool _hasAll;

    /// <summary>Gets or sets the paths; empty to choose them. Only tests of the check set it.</summary>
    public string[] FixedPaths { get; set; } = [];

    /// <summary>Gets or sets what is done with a change that has arrived; false drops it. Only tests of the check use it.</summary>
    public Func<CombinedWatchChange, bool> Accepts { get; set; } = _ => true;

    public string Describe() => $"Watch([{string.Join(", ", _paths)}]): {_rows}";

    public async Task Follow(Sitting sitting)
    {
        _paths = FixedPaths.Length > 0 ? FixedPaths : WatchPaths.Choose(random);
        if (await FollowLoop.RepeatWatch(run, sitting, this, () => FollowOnce(sitting)))
            await Compare(sitting);
    }

    private async Task<FollowEnd> FollowOnce(Sitting sitting)
    {
        await using CombinedWatch watch = await sitting.Choose(random).Data.Watch(_paths);
        _rows = Read(watch.InitialResults);
        long previous = watch.Sequence;
        _hasAll = true;
        FollowEnd end = await FollowLoop.Read(
            watch, sitting, random.Next(3) == 0 ? random.Next(1, MostChangesBeforeItLeaves) : int.MaxValue,
            async change =>
            {
                if (change.Sequence < previous)
                    throw new ViolationException($"{Describe()}: a change of the event {change.Sequence} follows one of {previous}.");
                previous = change.Sequence;
                if (Accepts(change))
                    Apply(change);
                if (random.Next(30) == 0)
                    await sitting.Progress.After(random.Next(1, MostCallsItWaits));
            },
            quiet => ValueTask.FromResult(_rows.HasMarker(quiet.MarkerId) && _hasAll));
        if (end == FollowEnd.StreamEnded && !sitting.IsClosing)
            throw new ViolationException($"{Describe()} ended without an exception, though its master is not disposed.");
        run.Count($"watches that {(end == FollowEnd.Left ? "left" : end == FollowEnd.Arrived ? "arrived" : "ended with the master")}");
        return end;
    }

    private void Apply(CombinedWatchChange change)
    {
        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json))
            change.WriteTo(writer);
        string kind = change.Kind switch { WatchChangeKind.Added => "added", WatchChangeKind.Removed => "removed", _ => "updated" };
        if (_rows!.Apply(change.PathIndex, kind, JsonElement.Parse(json.WrittenSpan)) is { } fault)
            throw new ViolationException($"{Describe()}: {fault}");
        _hasAll = change.IsLastOfEvent;
        run.Count("changes that watches received");
    }

    private WatchedRows Read(IReadOnlyList<DataResult> results)
    {
        var rows = new WatchedRows(_paths);
        for (int i = 0; i < results.Count; i++)
            rows.SetState(i, results[i].ResourceName, WatchedRows.Items(JsonElement.Parse(results[i].ToJson())));
        return rows;
    }

    private async Task Compare(Sitting sitting)
    {
        DataApi data = sitting.Masters[0].Data;
        var results = new List<DataResult>();
        foreach (string path in _paths)
            results.Add(await data.Get(path));
        if (_rows!.FindDifference(Read(results)) is { } difference)
            throw new ViolationException($"A watch does not end with the rows that a query returns. {difference}");
    }
}
