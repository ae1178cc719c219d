using System.Globalization;
using System.Text;
using BuildData.Values;

namespace BuildData.Torture.Upgrade.Old;

/// <summary>Makes up what a database of the newest version could have.</summary>
/// <param name="random">The random numbers.</param>
internal sealed class OldDataGenerator(Random random)
{
    private const int Buildsets = 14;

    private static readonly string[] StepNames = ["compile", "test_1", "näme", "_", "deploy"];

    private readonly AwkwardValues _values = new(random);
    private readonly List<BuildRequest> _requests = [];
    private readonly List<Build> _builds = [];
    private readonly List<Step> _steps = [];
    private readonly List<OldLog> _logs = [];
    private readonly Dictionary<long, string> _uniqueKeys = [];
    private MasterInfo[] _masters = [];
    private Builder[] _builders = [];
    private Worker[] _workers = [];

    public OldData Create()
    {
        _masters = [Master(1, "main"), Master(2, "ä 'second' \\ master")];
        _builders = [Builder(1, "linux"), Builder(2, "ünï '\"\\ %_/😀?#&="), Builder(7, "a\nb"), Builder(9, "unused")];
        _workers = [Worker(1, "worker-1"), Worker(3, "arbeiterin_ü"), Worker(4, "idle")];
        SourceStamp[] stamps = [.. Enumerable.Range(1, 8).Select(id => Stamp(id))];
        Buildset[] buildsets = [.. Enumerable.Range(1, Buildsets).Select(id => Buildset(id, stamps))];

        // At least one log has several chunks, whatever the random numbers are.
        for (int i = 0; _steps.Count > 0 && i < 3; i++)
            AddLog(_values.Pick(_steps));
        (string, object)[] announced =
        [
            .. _builders.Select(builder => ("update", (object)builder)), .. buildsets.Select(buildset => ("new", (object)(buildset with { Properties = null }))),
            .. _steps.Select(step => ("finished", (object)step)), .. _builds.Select(build => ("finished", (object)build)),
        ];
        random.Shuffle(announced);
        return new OldData
        {
            Masters = _masters,
            Builders = _builders,
            Workers = _workers,
            SourceStamps = stamps,
            Buildsets = buildsets,
            UniqueKeys = _uniqueKeys,
            Requests = [.. _requests],
            Builds = [.. _builds],
            Steps = [.. _steps],
            Logs = [.. _logs],
            Announced = announced,
            LacksFirstEvents = _values.Chance(2),
            WasKilled = _values.Chance(2),
        };
    }

    private static IReadOnlyList<T> List<T>(params IEnumerable<T> items) => EquatableList.Copy<T>([.. items]);

    private MasterInfo Master(long id, string name) => new() { MasterId = id, Name = name, Active = _values.Chance(2), LastActive = _values.Time() };

    private Builder Builder(long id, string name) => new()
    {
        BuilderId = id,
        Name = name,
        Description = _values.OptionalText(),
        DescriptionFormat = _values.OptionalText(),
        DescriptionHtml = _values.OptionalText(),
        ProjectId = _values.Chance(2) ? long.MaxValue : null,
        Tags = List(Enumerable.Range(0, random.Next(4)).Select(i => $"{_values.Text()}{i}")),
        MasterIds = List(_values.Some(_masters, 2).Select(master => master.MasterId)),
    };

    private Worker Worker(long id, string name)
    {
        string? version = _values.OptionalText();
        WorkerInfo info = version is null ? WorkerInfo.Empty : WorkerInfo.FromJsonObject(new() { ["version"] = version, ["more"] = _values.Text() });
        return new Worker
        {
            WorkerId = id,
            Name = name,
            Title = _values.OptionalText(),
            Paused = _values.Chance(2),
            Graceful = _values.Chance(2),
            PauseReason = _values.OptionalText(),
            WorkerInfo = info,
            Version = info.Version,
            LastSeen = _values.Chance(2) ? _values.Time() : null,
            ConnectedTo = List(_values.Some(_masters, 2).Select(master => new ConnectedMaster(master.MasterId))),
            ConfiguredOn = List(
                _values.Some(_builders.SelectMany(builder => _masters.Select(master => new ConfiguredBuilder(builder.BuilderId, master.MasterId))), 2)),
        };
    }

    private SourceStamp Stamp(long id) => new()
    {
        SourceStampId = id,
        Branch = id switch { 1 => "main", 2 => new string('b', 63) + "😀b", 3 => new string('b', 63) + "😀c", _ => _values.OptionalText() },
        Revision = _values.OptionalText(),
        Repository = string.Create(CultureInfo.InvariantCulture, $"https://example.org/{id}"),
        Project = _values.Text(),
        Codebase = _values.Text(),
        CreatedAt = _values.Time(),
        Patch = id % 4 != 0 ? null : new Patch
        {
            PatchId = id + 100,
            Level = _values.Number(3),
            Subdir = _values.OptionalText(),
            Author = _values.Text(),
            Comment = _values.Text(),
            Body = _values.Text(),
        },
    };

    private Buildset Buildset(long id, SourceStamp[] stamps)
    {
        bool complete = !_values.Chance(3);
        DateTimeOffset submitted = _values.Time();
        var buildset = new Buildset
        {
            BuildsetId = id,
            Scheduler = _values.OptionalText(),
            ExternalIdString = _values.OptionalText(),
            Reason = _values.Text(),
            SubmittedAt = submitted,
            Complete = complete,
            CompleteAt = complete ? _values.After(submitted) : null,
            Results = complete ? _values.Results() : null,
            ParentBuildId = _builds.Count > 0 && _values.Chance(2) ? _values.Pick(_builds).BuildId : null,
            ParentRelationship = _values.OptionalText(),
            RebuiltBuildId = _builds.Count > 0 && _values.Chance(4) ? _values.Pick(_builds).BuildId : null,
            SourceStamps = List(_values.Some(stamps, 4)),
            Properties = _values.Properties(),
        };
        if (_values.Chance(3))
            _uniqueKeys.Add(id, $"key {id} {_values.Text()}");
        foreach (Builder builder in _values.Some(_builders.Where(builder => builder.Name != "unused"), 2))
            AddRequest(buildset, builder);
        return buildset;
    }

    private void AddRequest(Buildset buildset, Builder builder)
    {
        DateTimeOffset? claimed = buildset.Complete || _values.Chance(2) ? _values.After(buildset.SubmittedAt) : null;
        bool isReplaced = buildset.Complete && _requests.Count > 0 && _values.Chance(4);
        var request = new BuildRequest
        {
            BuildRequestId = _requests.Count + 1,
            BuildsetId = buildset.BuildsetId,
            BuilderId = builder.BuilderId,
            Priority = _values.Pick(0L, 5L, -3L, int.MaxValue),
            Claimed = claimed is not null,
            ClaimedAt = claimed,
            ClaimedByMasterId = claimed is null ? null : _values.Pick(_masters).MasterId,
            Complete = buildset.Complete,
            CompleteAt = buildset.CompleteAt,
            Results = buildset.Complete ? _values.Results() : null,
            SubmittedAt = buildset.SubmittedAt,
            WaitedFor = _values.Chance(3),
            ReplacedByBuildRequestId = isReplaced ? _values.Pick(_requests).BuildRequestId : null,
            CancelRequestedAt = claimed is not null && _values.Chance(4) ? _values.Time() : null,
            CancelReason = claimed is not null && _values.Chance(4) ? _values.Text() : null,
        };
        _requests.Add(request);
        for (int i = claimed is null ? 0 : random.Next(3); i > 0; i--)
            AddBuild(request, builder);
    }

    private void AddBuild(BuildRequest request, Builder builder)
    {
        DateTimeOffset started = _values.After(request.ClaimedAt!.Value);
        bool complete = request.Complete || _values.Chance(2);
        Worker? worker = _values.Chance(3) ? null : _workers[random.Next(2)];
        var build = new Build
        {
            BuildId = _builds.Count + 1,
            Number = _builds.Count(other => other.BuilderId == builder.BuilderId) + 1,
            BuilderId = builder.BuilderId,
            BuilderName = builder.Name,
            BuildRequestId = request.BuildRequestId,
            BuildsetId = request.BuildsetId,
            WorkerId = worker?.WorkerId,
            WorkerName = worker?.Name,
            MasterId = request.ClaimedByMasterId!.Value,
            StartedAt = started,
            Complete = complete,
            CompleteAt = complete ? _values.After(started) : null,
            LocksDurationSeconds = _values.Pick(0L, 7L, int.MaxValue),
            StateString = _values.Text(),
            Results = complete ? _values.Results() : null,
            CancelRequestedAt = request.CancelRequestedAt,
            CancelReason = request.CancelReason,
            Properties = _values.Properties(),
        };
        _builds.Add(build);
        int steps = random.Next(4);
        for (int number = 0; number < steps; number++)
            AddStep(build, number, StepNames[number]);
    }

    private void AddStep(Build build, int number, string name)
    {
        DateTimeOffset? started = build.Complete || _values.Chance(2) ? _values.After(build.StartedAt) : null;
        bool complete = build.Complete;
        var step = new Step
        {
            StepId = _steps.Count + 1,
            BuildId = build.BuildId,
            Number = number,
            Name = name,
            Title = _values.OptionalText(),
            StartedAt = started,
            LocksAcquiredAt = started is not null && _values.Chance(2) ? _values.After(started.Value) : null,
            Complete = complete,
            CompleteAt = complete ? _values.After(started!.Value) : null,
            StateString = _values.Text(),
            Results = complete ? _values.Results() : null,
            Urls = List(Enumerable.Range(0, random.Next(3)).Select(i => new StepUrl($"{_values.Text()}{i}", _values.Text()))),
            Hidden = _values.Chance(3),
        };
        _steps.Add(step);
        if (_values.Chance(3))
            AddLog(step);
    }

    private void AddLog(Step step)
    {
        var chunks = new List<OldChunk>();
        for (int i = random.Next(4); i > 0; i--)
            chunks.Add(new OldChunk(chunks.Count == 0 ? 0 : chunks[^1].LastLine + 1, _values.Lines(), _values.Chance(2)));
        int others = _logs.Count(other => other.Log.StepId == step.StepId);
        _logs.Add(new OldLog(
            new StepLog
            {
                LogId = _logs.Count + 1,
                Name = $"{_values.Text()}{others}",
                Slug = $"log_{others}",
                StepId = step.StepId,
                BuildId = step.BuildId,
                Complete = step.Complete,
                CompleteAt = step.CompleteAt,
                NumLines = chunks.Count == 0 ? 0 : chunks[^1].LastLine + 1,
                NumBytes = chunks.Sum(chunk => Encoding.UTF8.GetByteCount(chunk.Text)),
                NumReplaced = _values.Number(3),
                Type = _values.Pick(LogType.Text, LogType.Html),
            },
            _builds.Single(build => build.BuildId == step.BuildId).BuilderId,
            [.. chunks]));
    }
}
