using BuildData.Torture.Upgrade.Old;

namespace BuildData.Torture.Upgrade.Examination;

/// <summary>Says what each path must return, by the rows that were written.</summary>
/// <param name="data">The rows.</param>
internal sealed class ExpectedAnswers(OldData data)
{
    /// <summary>Ids from this one on belong to rows that only make a migration slow.</summary>
    public const long FirstIdOfFiller = 1_000_000;

    private readonly List<ExpectedAnswer> _answers = [];

    /// <summary>Returns the answers. Each endpoint has at least one path.</summary>
    public IReadOnlyList<ExpectedAnswer> Create()
    {
        AddAll();
        foreach (Builder builder in data.Builders)
        {
            AddBuilder($"/builders/{builder.BuilderId}", builder);
            AddBuilder($"/builders/{Uri.EscapeDataString(builder.Name)}", builder);
        }

        foreach (Build build in data.Builds)
            AddBuild(build);
        foreach (BuildRequest request in data.Requests)
            AddRequest(request);
        foreach (Buildset buildset in data.Buildsets)
            AddBuildset(buildset);
        foreach (SourceStamp stamp in data.SourceStamps)
            AddStamp(stamp);
        foreach (Step step in data.Steps)
        {
            Add($"/steps/{step.StepId}", step);
            AddLogs($"/steps/{step.StepId}", step);
        }

        foreach (OldLog log in data.Logs)
            AddLog($"/logs/{log.Log.LogId}", log);
        foreach (Worker worker in data.Workers)
        {
            AddWorker($"/workers/{worker.WorkerId}", worker);
            AddWorker($"/workers/{Uri.EscapeDataString(worker.Name)}", worker);
        }

        AddConfiguration();
        AddFilters();
        return _answers;
    }

    private static T[] ById<T>(IEnumerable<T> resources, Func<T, long> id) => [.. resources.OrderBy(id)];

    private void Add(string path, object? value) => _answers.Add(new ExpectedAnswer(path, value));

    private void AddAll()
    {
        Add($"/builders?builderid__lt={FirstIdOfFiller}", ById(data.Builders, builder => builder.BuilderId));
        Add($"/builds?property=*&buildid__lt={FirstIdOfFiller}", data.Builds);
        Add($"/buildrequests?property=*&buildrequestid__lt={FirstIdOfFiller}", data.Requests.Select(WithProperties).ToArray());
        Add($"/buildsets?include=properties&bsid__lt={FirstIdOfFiller}", data.Buildsets);
        Add($"/sourcestamps?ssid__lt={FirstIdOfFiller}", data.SourceStamps);
        Add($"/steps?stepid__lt={FirstIdOfFiller}", data.Steps);
        Add("/workers", data.Workers);
        Add($"/masters?name__ne={Stores.OldStore.OpenedBy}&name__ne={Stores.OldStore.OpenedBySecond}&masterid__lt={FirstIdOfFiller}", data.Masters);
        Add($"/log_sizes?builderid__lt={FirstIdOfFiller}", data.Builders.Select(Sizes).OfType<LogSizes>().ToArray());
        foreach (int count in (int[])[1, 3])
            Add($"/builds/newest{(count == 1 ? "" : $"/{count}")}?property=*&builderid__lt={FirstIdOfFiller}", Newest(count));
        foreach (MasterInfo master in data.Masters)
        {
            Add($"/masters/{master.MasterId}", master);
            Add($"/masters/{master.MasterId}/builds?property=*", data.Builds.Where(build => build.MasterId == master.MasterId).ToArray());
        }
    }

    private Build[] Newest(int count) =>
        [.. data.Builds.GroupBy(build => build.BuilderId).OrderBy(group => group.Key).SelectMany(group => group.OrderByDescending(build => build.Number).Take(count))];

    private BuildRequest WithProperties(BuildRequest request) => request with { Properties = data.BuildsetOf(request).Properties };

    private void AddBuilder(string path, Builder builder)
    {
        Build[] builds = [.. data.Builds.Where(build => build.BuilderId == builder.BuilderId)];
        Add(path, builder);
        Add($"{path}/buildrequests?property=*", data.Requests.Where(request => request.BuilderId == builder.BuilderId).Select(WithProperties).ToArray());
        Add($"{path}/builds?property=*", builds);
        Add($"{path}/steps", data.Steps.Where(step => builds.Any(build => build.BuildId == step.BuildId)).ToArray());
        Add($"{path}/masters", data.Masters.Where(master => builder.MasterIds.Contains(master.MasterId)).ToArray());
        Add($"{path}/log_sizes", new[] { Sizes(builder) }.OfType<LogSizes>().ToArray());
        foreach (MasterInfo master in data.Masters)
            Add($"{path}/masters/{master.MasterId}", builder.MasterIds.Contains(master.MasterId) ? master : null);
        foreach (Build build in builds)
            AddBuild($"{path}/builds/{build.Number}", build);
    }

    private LogSizes? Sizes(Builder builder)
    {
        OldLog[] logs = [.. data.Logs.Where(log => log.BuilderId == builder.BuilderId)];
        return logs.Length == 0 ? null : new LogSizes
        {
            BuilderId = builder.BuilderId,
            BuilderName = builder.Name,
            Logs = logs.Length,
            NumLines = logs.Sum(log => log.Log.NumLines),
            NumBytes = logs.Sum(log => log.Log.NumBytes),
            StoredBytes = logs.Sum(log => log.StoredBytes),
        };
    }

    private void AddBuild(Build build)
    {
        string path = $"/builds/{build.BuildId}";
        AddBuild(path, build);
        HashSet<long> triggered = [.. data.Buildsets.Where(buildset => buildset.ParentBuildId == build.BuildId).Select(buildset => buildset.BuildsetId)];
        Add($"{path}/triggered_builds?property=*", data.Builds.Where(other => triggered.Contains(other.BuildsetId)).ToArray());
    }

    private void AddBuild(string path, Build build)
    {
        Add($"{path}?property=*", build);
        Add($"{path}/buildrequest?property=*", WithProperties(data.RequestOf(build)));
        Add($"{path}/properties", build.Properties);
        Step[] steps = [.. data.Steps.Where(step => step.BuildId == build.BuildId).OrderBy(step => step.Number)];
        Add($"{path}/steps", steps);
        foreach (Step step in steps)
        {
            foreach (string name in (string[])[$"{step.Number}", Uri.EscapeDataString(step.Name)])
            {
                Add($"{path}/steps/{name}", step);
                AddLogs($"{path}/steps/{name}", step);
            }
        }
    }

    private void AddLogs(string path, Step step)
    {
        OldLog[] logs = [.. data.Logs.Where(log => log.Log.StepId == step.StepId)];
        Add($"{path}/logs", logs.Select(log => log.Log).ToArray());
        foreach (OldLog log in logs)
            AddLog($"{path}/logs/{log.Log.Slug}", log);
        if (logs.Length == 0)
            Add($"{path}/logs/none", null);
    }

    private void AddLog(string path, OldLog log)
    {
        Step step = data.Steps.Single(step => step.StepId == log.Log.StepId);
        Build build = data.Builds.Single(build => build.BuildId == step.BuildId);
        var raw = new RawLog { Raw = log.Text, MimeType = log.Log.Type == LogType.Html ? "text/html" : "text/plain" };
        Add(path, log.Log);
        Add($"{path}/contents", new LogContents { LogId = log.Log.LogId, FirstLine = 0, Content = log.Text });
        Add($"{path}/raw", raw with { Filename = $"{build.BuilderName}_build_{build.Number}_step_{step.Name}_log_{log.Log.Slug}" });
        Add($"{path}/raw_inline", raw);
    }

    private void AddRequest(BuildRequest request)
    {
        Add($"/buildrequests/{request.BuildRequestId}?property=*", WithProperties(request));
        Add($"/buildrequests/{request.BuildRequestId}/builds?property=*", data.Builds.Where(build => build.BuildRequestId == request.BuildRequestId).ToArray());
        Add($"/buildrequests/{request.BuildRequestId}/properties", data.BuildsetOf(request).Properties);
    }

    private void AddBuildset(Buildset buildset)
    {
        string path = $"/buildsets/{buildset.BuildsetId}";
        Add($"{path}?include=properties", buildset);
        Add($"{path}/buildrequests?property=*", data.Requests.Where(request => request.BuildsetId == buildset.BuildsetId).Select(WithProperties).ToArray());
        Add($"{path}/builds?property=*", data.Builds.Where(build => build.BuildsetId == buildset.BuildsetId).ToArray());
        Add($"{path}/properties", buildset.Properties);
        Add($"{path}/sourcestamps", buildset.SourceStamps.ToArray());
    }

    private void AddStamp(SourceStamp stamp)
    {
        Buildset[] buildsets = [.. data.Buildsets.Where(buildset => buildset.SourceStamps.Contains(stamp))];
        Add($"/sourcestamps/{stamp.SourceStampId}", stamp);
        Add($"/sourcestamps/{stamp.SourceStampId}/buildsets?include=properties", buildsets);
        Add($"/sourcestamps/{stamp.SourceStampId}/builds?property=*", BuildsOf(buildsets));
    }

    private Build[] BuildsOf(Buildset[] buildsets) => [.. data.Builds.Where(build => buildsets.Any(buildset => buildset.BuildsetId == build.BuildsetId))];

    private void AddWorker(string path, Worker worker)
    {
        Add(path, worker);
        Add($"{path}/builds?property=*", data.Builds.Where(build => build.WorkerId == worker.WorkerId).ToArray());
        Add($"{path}/builders", data.Builders.Where(builder => worker.ConfiguredOn.Any(place => place.BuilderId == builder.BuilderId)).ToArray());
    }

    /// <summary>Adds the paths below masters and builders. Workers there show only what belongs to those.</summary>
    private void AddConfiguration()
    {
        foreach (Builder builder in data.Builders)
            AddWorkers($"/builders/{builder.BuilderId}", place => place.BuilderId == builder.BuilderId, _ => true);
        foreach (MasterInfo master in data.Masters)
        {
            string path = $"/masters/{master.MasterId}";
            AddWorkers(path, place => place.MasterId == master.MasterId, other => other == master.MasterId);
            Add($"{path}/builders", data.Builders.Where(builder => builder.MasterIds.Contains(master.MasterId)).ToArray());
            foreach (Builder builder in data.Builders)
            {
                Add($"{path}/builders/{builder.BuilderId}", builder.MasterIds.Contains(master.MasterId) ? builder : null);
                AddWorkers($"{path}/builders/{builder.BuilderId}", place => place.MasterId == master.MasterId && place.BuilderId == builder.BuilderId, other => other == master.MasterId);
            }
        }
    }

    private void AddWorkers(string path, Func<ConfiguredBuilder, bool> isPlace, Func<long, bool> isMaster)
    {
        Worker[] workers =
        [
            .. data.Workers.Where(worker => worker.ConfiguredOn.Any(isPlace)).Select(worker => worker with
            {
                ConfiguredOn = Values.EquatableList.Copy<ConfiguredBuilder>([.. worker.ConfiguredOn.Where(isPlace)]),
                ConnectedTo = Values.EquatableList.Copy<ConnectedMaster>([.. worker.ConnectedTo.Where(master => isMaster(master.MasterId))]),
            }),
        ];
        Add($"{path}/workers", workers);
        foreach (Worker worker in data.Workers)
        {
            Worker? found = workers.FirstOrDefault(other => other.WorkerId == worker.WorkerId);
            Add($"{path}/workers/{worker.WorkerId}", found);
            Add($"{path}/workers/{Uri.EscapeDataString(worker.Name)}", found);
        }
    }

    /// <summary>Adds filters that read tables and indexes of later versions.</summary>
    private void AddFilters()
    {
        foreach (string branch in data.SourceStamps.Select(stamp => stamp.Branch).OfType<string>().Distinct())
        {
            Buildset[] buildsets = [.. data.Buildsets.Where(buildset => buildset.SourceStamps.Any(stamp => stamp.Branch == branch))];
            string filter = $"sourcestamp.branch={Uri.EscapeDataString(branch)}";
            Add($"/builds?property=*&{filter}", BuildsOf(buildsets));
            foreach (Builder builder in data.Builders)
                Add($"/builders/{builder.BuilderId}/builds?property=*&{filter}", BuildsOf(buildsets).Where(build => build.BuilderId == builder.BuilderId).ToArray());
            Add($"/sourcestamps?branch={Uri.EscapeDataString(branch)}", data.SourceStamps.Where(stamp => stamp.Branch == branch).ToArray());
        }

        Add("/workers?paused=1", data.Workers.Where(worker => worker.Paused).ToArray());
        Add($"/builds?property=*&results__gt=0&buildid__lt={FirstIdOfFiller}", data.Builds.Where(build => build.Results > BuildResult.Success).ToArray());
        Add($"/builds?property=*&complete=false&buildid__lt={FirstIdOfFiller}", data.Builds.Where(build => !build.Complete).ToArray());
        Add($"/builds?property=*&order=-started_at&order=buildid&buildid__lt={FirstIdOfFiller}", data.Builds.OrderByDescending(build => build.StartedAt).ThenBy(build => build.BuildId).ToArray());
        Add($"/steps?complete=false&stepid__lt={FirstIdOfFiller}", data.Steps.Where(step => !step.Complete).ToArray());
        Add(
            $"/buildrequests?property=*&claimed=false&buildrequestid__lt={FirstIdOfFiller}",
            data.Requests.Where(request => !request.Claimed && !request.Complete).Select(WithProperties).ToArray());
    }
}
