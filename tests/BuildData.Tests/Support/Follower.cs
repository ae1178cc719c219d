namespace BuildData.Tests;

/// <summary>A watch of any path, whatever type of resource the path returns.</summary>
internal abstract class Follower : IAsyncDisposable
{
    public required string Path { get; init; }

    /// <summary>Gets the sequence number of the last event that the first answer includes.</summary>
    public abstract long Sequence { get; }

    /// <summary>Returns whether the first answer includes a change.</summary>
    public abstract bool Includes(long sequence);

    /// <summary>Gets the sequence numbers of the changes that were read.</summary>
    public List<long> Seen { get; } = [];

    /// <summary>Gets whether the watch ended while others still wrote.</summary>
    public bool HasLeft { get; private set; }

    /// <summary>Watches a path.</summary>
    public static Task<Follower> Begin(DataApi data, string path)
    {
        Type type = DataApi.Parse(path, null).Query.ResultType;
        return type == typeof(Build) ? Begin<Build>(data, path)
            : type == typeof(Builder) ? Begin<Builder>(data, path)
            : type == typeof(BuildRequest) ? Begin<BuildRequest>(data, path)
            : type == typeof(Buildset) ? Begin<Buildset>(data, path)
            : type == typeof(MasterInfo) ? Begin<MasterInfo>(data, path)
            : type == typeof(PropertyMap) ? Begin<PropertyMap>(data, path)
            : type == typeof(SourceStamp) ? Begin<SourceStamp>(data, path)
            : type == typeof(Step) ? Begin<Step>(data, path)
            : Begin<Worker>(data, path);
    }

    /// <summary>Ends the watch while others still write.</summary>
    public ValueTask Leave()
    {
        HasLeft = true;
        return DisposeAsync();
    }

    /// <summary>Ends the watch, reads the remaining changes, and returns the answer after them.</summary>
    public abstract Task<HashSet<object>> Last();

    /// <summary>Returns what a query of the path returns now.</summary>
    public abstract Task<HashSet<object>> Fresh();

    public abstract ValueTask DisposeAsync();

    private static async Task<Follower> Begin<T>(DataApi data, string path)
        where T : class =>
        new FollowerOf<T>(data, await data.Watch<T>(path)) { Path = path };

    private sealed class FollowerOf<T> : Follower
        where T : class
    {
        private readonly DataApi _data;
        private readonly Watch<T> _watch;
        private readonly Task _reading;

        public FollowerOf(DataApi data, Watch<T> watch)
        {
            _data = data;
            _watch = watch;
            _reading = Task.Run(Read);
        }

        public override long Sequence => _watch.Sequence;

        public override bool Includes(long sequence) => _watch.Position.Includes(sequence);

        public override async Task<HashSet<object>> Last()
        {
            await _watch.DisposeAsync();
            await _reading;
            return [.. _watch.Current.Select(Announced)];
        }

        public override async Task<HashSet<object>> Fresh()
        {
            DataResult result = await _data.Get(Path);
            return result.Value switch
            {
                IEnumerable<T> all => [.. all.Select(Announced)],
                T one => [Announced(one)],
                _ => [],
            };
        }

        /// <summary>Returns a resource without the time of its heartbeat, because heartbeats are not announced.</summary>
        private static object Announced(T resource) => resource is MasterInfo master ? master with { LastActive = default } : resource;

        public override ValueTask DisposeAsync() => _watch.DisposeAsync();

        private async Task Read()
        {
            await foreach (WatchChange<T> change in _watch)
                Seen.Add(change.Sequence);
        }
    }
}
