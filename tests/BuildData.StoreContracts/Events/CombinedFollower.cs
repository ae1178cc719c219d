namespace BuildData.StoreContracts;

/// <summary>A watch of several paths. Each path is a follower of its own.</summary>
public sealed class CombinedFollower
{
    private readonly CombinedWatch _watch;
    private readonly OfPath[] _paths;
    private readonly List<CombinedWatchChange> _changes = [];
    private readonly Task _reading;

    private CombinedFollower(DataApi data, IReadOnlyList<string> paths, CombinedWatch watch)
    {
        _watch = watch;
        _paths = [.. paths.Select((path, i) => new OfPath(data, this, watch.InitialResults[i]) { Path = path })];
        _reading = Task.Run(Read);
    }

    /// <summary>Gets the followers of the paths, in the order of the paths.</summary>
    public IReadOnlyList<Follower> Paths => _paths;

    /// <summary>Watches several paths.</summary>
    public static async Task<CombinedFollower> Begin(DataApi data, IReadOnlyList<string> paths) => new(data, paths, await data.Watch(paths));

    /// <summary>Returns what is wrong with the order of all changes that were read.</summary>
    public IEnumerable<string> Disorder()
    {
        for (int i = 0; i < _changes.Count; i++)
        {
            CombinedWatchChange change = _changes[i];
            CombinedWatchChange? next = i + 1 < _changes.Count ? _changes[i + 1] : null;
            if (next?.Sequence < change.Sequence || (next?.Sequence == change.Sequence && next.PathIndex < change.PathIndex))
                yield return $"the change {next.Sequence} of path {next.PathIndex} follows {change.Sequence} of {change.PathIndex}";
            if (change.IsLastOfEvent != (next?.Sequence != change.Sequence))
                yield return $"the change {change.Sequence} of path {change.PathIndex} is{(change.IsLastOfEvent ? "" : " not")} called the last of its event";
        }
    }

    private async Task End()
    {
        await _watch.DisposeAsync();
        await _reading;
    }

    private async Task Read()
    {
        await foreach (CombinedWatchChange change in _watch)
        {
            _changes.Add(change);
            _paths[change.PathIndex].Apply(change);
        }
    }

    /// <summary>Follows one of the paths.</summary>
    internal sealed class OfPath : Follower
    {
        private readonly Dictionary<long, object> _current = [];

        public OfPath(DataApi data, CombinedFollower watch, DataResult initial)
            : base(data)
        {
            Watch = watch;
            Answer = initial.Value is null ? [] : initial.IsCollection ? [.. (IEnumerable<object>)initial.Value] : [initial.Value];
            foreach (object resource in Answer)
                _current.Add(IdOf(resource), resource);
        }

        /// <summary>Gets the watch of all paths.</summary>
        public CombinedFollower Watch { get; }

        public override long Sequence => Watch._watch.Sequence;

        public override IReadOnlyList<object> Answer { get; }

        public override async Task<HashSet<object>> Last()
        {
            await Watch.End();
            return [.. _current.Values.Select(Announced)];
        }

        public override ValueTask Leave()
        {
            foreach (OfPath path in Watch._paths)
                path.HasLeft = true;
            return DisposeAsync();
        }

        public override ValueTask DisposeAsync() => Watch._watch.DisposeAsync();

        public void Apply(CombinedWatchChange change)
        {
            Seen.Add(change.Sequence);
            long id = IdOf(change.Resource);
            bool isRight = change.Kind switch
            {
                WatchChangeKind.Added => _current.TryAdd(id, change.Resource),
                WatchChangeKind.Removed => _current.Remove(id),
                _ => _current.ContainsKey(id),
            };
            if (!isRight)
                throw new InvalidOperationException($"The change {change.Sequence} of '{Path}' is called {change.Kind}.");
            if (change.Kind == WatchChangeKind.Updated)
                _current[id] = change.Resource;
        }

        private static long IdOf(object resource) => resource switch
        {
            Build build => build.BuildId,
            Builder builder => builder.BuilderId,
            BuildRequest request => request.BuildRequestId,
            Buildset buildset => buildset.BuildsetId,
            MasterInfo master => master.MasterId,
            PropertyMap => 0,
            SourceStamp stamp => stamp.SourceStampId,
            Step step => step.StepId,
            StepLog log => log.LogId,
            Worker worker => worker.WorkerId,
            _ => throw new ArgumentException($"A {resource.GetType().Name} has no known id.", nameof(resource)),
        };
    }
}
