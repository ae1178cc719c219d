using System.Globalization;
using System.Text;

namespace BuildData.Torture.Model;

/// <summary>Writes states as text, to compare them and to show where they differ. What has no order is sorted.</summary>
internal static class StateText
{
    /// <summary>Returns a project with everything in it.</summary>
    public static string Of(ProjectState project)
    {
        var text = new StringBuilder();
        foreach (BuilderState builder in project.Builders.OrderBy(builder => builder.Name, StringComparer.Ordinal))
            text.Append(CultureInfo.InvariantCulture, $"builder {builder.Name} #{builder.Id} last {builder.LastNumber} '{builder.Description}' [{string.Join(',', builder.Tags)}]\n");
        if (project.Worker is { } worker)
        {
            text.Append(CultureInfo.InvariantCulture, $"worker {worker.Name} #{worker.Id} paused {worker.Paused} '{worker.PauseReason}' graceful {worker.Graceful} {worker.Info}");
            text.Append(CultureInfo.InvariantCulture, $" connected [{string.Join(',', worker.ConnectedTo)}] configured [{string.Join(',', worker.ConfiguredOn)}]\n");
        }

        foreach (BuildsetState buildset in project.Buildsets.OrderBy(buildset => buildset.Reason, StringComparer.Ordinal))
        {
            text.Append(Of(buildset)).Append('\n');
            foreach (RequestState request in buildset.Requests.OrderBy(request => request.BuilderId))
                Append(text, request);
        }

        return text.ToString();
    }

    /// <summary>Returns a buildset without its requests.</summary>
    public static string Of(BuildsetState buildset) => string.Create(
        CultureInfo.InvariantCulture,
        $"buildset {buildset.Reason} #{buildset.Id} {buildset.Owner} {buildset.Revision} parent {buildset.ParentBuildId} rebuilt {buildset.RebuiltBuildId} {Ended(buildset.Complete, buildset.Results)}");

    /// <summary>Returns a build without its steps.</summary>
    public static string Of(BuildState build) => string.Create(
        CultureInfo.InvariantCulture,
        $"build #{build.Id} number {build.Number} worker {build.WorkerId} master {build.MasterId} '{build.StateString}' locks {build.LocksDuration} {Ended(build.Complete, build.Results)} cancel '{build.CancelReason}' properties {string.Join(", ", build.Properties.Select(property => $"{property.Name}={property.Json} ({property.Source})"))}");

    /// <summary>Returns steps without their logs.</summary>
    public static string Of(ValueList<StepState> steps) => string.Join('\n', steps.Select(Of));

    /// <summary>Returns a log with its lines.</summary>
    public static string Of(LogState log) => string.Create(
        CultureInfo.InvariantCulture, $"log #{log.Id} {log.Slug} '{log.Name}' {log.Type} complete {log.Complete} {log.LineCount} lines: {log.Text.ReplaceLineEndings("|")}");

    private static string Of(StepState step, int number) => string.Create(
        CultureInfo.InvariantCulture,
        $"step #{step.Id} {number} {step.Name} started {step.Started} locks {step.LocksAcquired} '{step.StateString}' {Ended(step.Complete, step.Results)} hidden {step.Hidden} urls {string.Join(", ", step.Urls.Select(url => $"{url.Name}={url.Url}"))}");

    private static void Append(StringBuilder text, RequestState request)
    {
        text.Append(CultureInfo.InvariantCulture, $"  request #{request.Id} builder {request.BuilderId} priority {request.Priority} waited {request.WaitedFor}");
        text.Append(CultureInfo.InvariantCulture, $" claimed {request.ClaimedBy} {Ended(request.Complete, request.Results)} cancel '{request.CancelReason}' replaced {request.ReplacedBy}\n");
        foreach (BuildState build in request.Builds.OrderBy(build => build.Number))
        {
            text.Append("    ").Append(Of(build)).Append('\n');
            for (int i = 0; i < build.Steps.Count; i++)
            {
                text.Append("      ").Append(Of(build.Steps[i], i)).Append('\n');
                foreach (LogState log in build.Steps[i].Logs.OrderBy(log => log.Slug, StringComparer.Ordinal))
                    text.Append("        ").Append(Of(log)).Append('\n');
            }
        }
    }

    private static string Ended(bool complete, BuildResult? results) => complete ? $"complete {results}" : results is null ? "open" : $"open with {results}";
}
