namespace BuildData.Torture.Model;

/// <content>Builds, steps and logs.</content>
internal sealed partial class ProjectModel
{
    private const int NameLength = 50;

    private Outcome Run(AddBuild add)
    {
        if (_state.Builders.All(builder => builder.Id != add.BuilderId) || Find([add.RequestId]) is not [RequestState request])
            return Refuse(NotFound);
        if (request.BuilderId != add.BuilderId)
            return Refuse(NotAllowed);
        BuildState build = AddBuild(add.RequestId, add.WorkerId);
        return Outcome.Returned(build.Id, build.Number);
    }

    private BuildState AddBuild(long requestId, long? workerId)
    {
        RequestState request = _state.Requests.First(request => request.Id == requestId);
        BuilderState builder = _state.Builders.First(builder => builder.Id == request.BuilderId);
        var build = new BuildState(NewId(), builder.LastNumber + 1, workerId, masterId) { CancelReason = request.CancelReason };
        _state = _state with { Builders = _state.Builders.ChangeFirst(other => other.Id == builder.Id, builder => builder with { LastNumber = build.Number })! };
        ChangeRequest(requestId, request => request with { Builds = request.Builds.Add(build) });
        return build;
    }

    private static ValueList<PropertyState> With(ValueList<PropertyState> properties, PropertyState property) =>
        [.. properties.Where(other => other.Name != property.Name).Append(property).OrderBy(other => other.Name, StringComparer.Ordinal)];

    private Outcome Run(NewStep add)
    {
        if (_state.Builds.FirstOrDefault(build => build.Id == add.BuildId) is not { } build)
            return Refuse(NotFound);

        string name = add.Name;
        for (int i = 1; build.Steps.Any(step => step.Name == name); i++)
            name = CutAndAppend(add.Name, $"_{i}");
        long id = NewId();
        ChangeBuild(build.Id, build => build with { Steps = build.Steps.Add(new StepState(id, name)) });
        return Outcome.Returned(id, build.Steps.Count) with { Text = name };
    }

    private static StepState With(StepState step, UrlState url) => step.Urls.Contains(url) ? step : step with { Urls = step.Urls.Add(url) };

    private Outcome Run(AddLog add)
    {
        if (_state.Steps.FirstOrDefault(step => step.Id == add.StepId) is not { } step)
            return Refuse(NotFound);

        string first = SlugOf(add.Name);
        string slug = first;
        for (int i = 2; step.Logs.Any(log => log.Slug == slug); i++)
            slug = CutAndAppend(first, $"_{i}");
        long id = NewId();
        ChangeStep(step.Id, step => step with { Logs = step.Logs.Add(new LogState(id, add.Name, slug, add.Type)) });
        return Outcome.Returned(id) with { Text = slug };
    }

    private Outcome Run(AppendLog append)
    {
        if (_state.Logs.FirstOrDefault(log => log.Id == append.LogId) is not { } log)
            return Refuse(NotFound);
        if (log.Complete)
            return Refuse(NotAllowed);

        long lines = append.Text.Count(character => character == '\n');
        ChangeLog(log.Id, log => log with { Text = log.Text + append.Text, LineCount = log.LineCount + lines });
        return Outcome.Returned(log.LineCount, log.LineCount + lines - 1);
    }

    /// <summary>Returns the slug of a name of ASCII characters that does not end with a number.</summary>
    private static string SlugOf(string name) => string.Concat(
        name.Take(NameLength).Select((character, i) => char.IsAsciiLetter(character) || character is '_' or '-' || (char.IsAsciiDigit(character) && i > 0) ? character : '_'));

    private static string CutAndAppend(string name, string suffix) => string.Concat(name.AsSpan(0, Math.Min(name.Length, NameLength - suffix.Length)), suffix);
}
