namespace BuildData.StoreContracts;

/// <summary>A watch of any path, whatever type of resource the path returns.</summary>
/// <param name="data">The data.</param>
public abstract class Follower(DataApi data) : IAsyncDisposable
{
    /// <summary>Gets the path.</summary>
    public required string Path { get; init; }

    /// <summary>Gets the sequence number up to which the first answer includes all events.</summary>
    public abstract long Sequence { get; }

    /// <summary>Gets the resources of the first answer.</summary>
    public abstract IReadOnlyList<object> Answer { get; }

    /// <summary>Gets the sequence numbers of the changes that were read.</summary>
    public List<long> Seen { get; } = [];

    /// <summary>Gets whether the watch ended while others still wrote.</summary>
    public bool HasLeft { get; protected set; }

    /// <summary>Watches a path.</summary>
    public static Task<Follower> Begin(DataApi data, string path) => CollectionOf(path) switch
    {
        "builders" => Begin<Builder>(data, path),
        "buildrequests" or "buildrequest" => Begin<BuildRequest>(data, path),
        "builds" or "triggered_builds" => Begin<Build>(data, path),
        "buildsets" => Begin<Buildset>(data, path),
        "masters" => Begin<MasterInfo>(data, path),
        "properties" => Begin<PropertyMap>(data, path),
        "sourcestamps" => Begin<SourceStamp>(data, path),
        "logs" => Begin<StepLog>(data, path),
        "steps" => Begin<Step>(data, path),
        "workers" => Begin<Worker>(data, path),
        string other => throw new ArgumentException($"No resources are called '{other}'.", nameof(path)),
    };

    /// <summary>Ends the watch while others still write.</summary>
    public virtual ValueTask Leave()
    {
        HasLeft = true;
        return DisposeAsync();
    }

    /// <summary>Ends the watch, reads the remaining changes, and returns the answer after them.</summary>
    public abstract Task<HashSet<object>> Last();

    /// <summary>Returns what a query of the path returns now.</summary>
    public async Task<HashSet<object>> Fresh()
    {
        DataResult result = await data.Get(Path);
        IEnumerable<object> resources = result.Value is null ? [] : result.IsCollection ? (IEnumerable<object>)result.Value : [result.Value];
        return [.. resources.Select(Announced)];
    }

    /// <summary>Ends the watch.</summary>
    public abstract ValueTask DisposeAsync();

    /// <summary>Returns a resource without the time of its heartbeat, because heartbeats are not announced.</summary>
    protected static object Announced(object resource) => resource is MasterInfo master ? master with { LastActive = default } : resource;

    /// <summary>Returns the name of the collection that a path names, or that has the resource that it names.</summary>
    private static string CollectionOf(string path)
    {
        string[] segments = path.Split('?')[0].Split('/');
        return segments[segments.Length % 2 == 0 || segments[^1] == "buildrequest" ? ^1 : ^2];
    }

    private static async Task<Follower> Begin<T>(DataApi data, string path)
        where T : class =>
        new FollowerOf<T>(data, await data.Watch<T>(path)) { Path = path };

    private sealed class FollowerOf<T> : Follower
        where T : class
    {
        private readonly Watch<T> _watch;
        private readonly Task _reading;

        public FollowerOf(DataApi data, Watch<T> watch)
            : base(data)
        {
            _watch = watch;
            _reading = Task.Run(Read);
        }

        public override long Sequence => _watch.Sequence;

        public override IReadOnlyList<object> Answer => _watch.InitialResult;

        public override async Task<HashSet<object>> Last()
        {
            await _watch.DisposeAsync();
            await _reading;
            return [.. _watch.Current.Select(Announced)];
        }

        public override ValueTask DisposeAsync() => _watch.DisposeAsync();

        private async Task Read()
        {
            await foreach (WatchChange<T> change in _watch)
                Seen.Add(change.Sequence);
        }
    }
}
