using BuildData.Torture.Running;

namespace BuildData.Torture.Followers;

/// <summary>Watches one path with a type. Its changes, and what the watch has as its current result, must both make what a query returns.</summary>
/// <param name="run">The run, for its figures.</param>
/// <param name="random">The random numbers.</param>
/// <param name="path">The path.</param>
/// <param name="idOf">Returns the id of a resource.</param>
internal sealed class TypedWatchFollower<T>(CheckRun run, Random random, string path, Func<T, long> idOf) : IFollower
    where T : class
{
    private const int MostCallsItWaits = 120;

    private Dictionary<long, T> _rows = [];
    private Dictionary<long, T>? _stored;

    public string Describe() => $"Watch<{typeof(T).Name}>(\"{path}\") with {_rows.Count} rows. {(_stored is null ? null : FindDifference(_rows, _stored))}";

    public async Task Follow(Sitting sitting)
    {
        _stored = null;
        await FollowLoop.RepeatWatch(run, sitting, this, () => FollowOnce(sitting));
    }

    private async Task<FollowEnd> FollowOnce(Sitting sitting)
    {
        Master master = sitting.Choose(random);
        await using Watch<T> watch = await master.Data.Watch<T>((DataPath)path);
        _rows = watch.InitialResult.ToDictionary(idOf);
        FollowEnd end = await FollowLoop.Read(
            watch, sitting, int.MaxValue,
            async change =>
            {
                Apply(change);
                // The removal of a build, for example, removes several rows with one event.
                if (change.Kind != WatchChangeKind.Removed && FindDifference(_rows, watch.Current.ToDictionary(idOf)) is { } difference)
                    throw new ViolationException($"{Describe()}: its changes do not make what it has as its current result. {difference}");
                if (random.Next(30) == 0)
                    await sitting.Progress.After(random.Next(1, MostCallsItWaits));
            },
            async _ =>
            {
                _stored ??= (await sitting.Masters[0].Data.GetAll<T>((DataPath)path)).ToDictionary(idOf);
                return FindDifference(_rows, _stored) is null;
            });
        if (end == FollowEnd.StreamEnded && !sitting.IsClosing)
            throw new ViolationException($"{Describe()} ended without an exception, though its master is not disposed.");
        run.Count($"watches that {(end == FollowEnd.Arrived ? "arrived" : "ended with the master")}");
        return end;
    }

    private void Apply(WatchChange<T> change)
    {
        long id = idOf(change.Resource);
        bool wasThere = _rows.ContainsKey(id);
        if (wasThere == (change.Kind == WatchChangeKind.Added))
            throw new ViolationException($"{Describe()}: the change of {id} is {change.Kind}, but it was {(wasThere ? "" : "not ")}there.");
        if (change.Kind == WatchChangeKind.Removed)
            _rows.Remove(id);
        else
            _rows[id] = change.Resource;
        run.Count("changes that watches received");
    }

    private static string? FindDifference(Dictionary<long, T> own, Dictionary<long, T> other) =>
        own.Keys.Union(other.Keys).Where(id => !Equals(Announced(own.GetValueOrDefault(id)), Announced(other.GetValueOrDefault(id))))
            .Select(id => $"Of {id} the watch has {own.GetValueOrDefault(id)}, and not {other.GetValueOrDefault(id)}.").FirstOrDefault();

    private static object? Announced(T? resource) => resource is Worker worker ? worker with { LastSeen = null } : resource;
}
