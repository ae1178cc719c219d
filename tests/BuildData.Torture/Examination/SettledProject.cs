using BuildData.Torture.Model;

namespace BuildData.Torture.Examination;

/// <summary>Compares a project that nobody writes to any more with what it was. A removal of old builds may have taken parts of it.</summary>
internal static class SettledProject
{
    /// <summary>Returns what is wrong; null if what is stored is what was there, less what a removal takes.</summary>
    public static string? FindDifference(ProjectState before, ProjectState now)
    {
        foreach (BuilderState builder in before.Builders)
        {
            if (!now.Builders.Contains(builder))
                return $"The builder was {builder}, and is {now.Builders.FirstOrDefault(other => other.Id == builder.Id)}.";
        }

        if (before.Worker != now.Worker)
            return $"The worker was {before.Worker}, and is {now.Worker}.";
        return StateComparison.FindDifference(WithoutRemoved(before, now), now);
    }

    private static ProjectState WithoutRemoved(ProjectState before, ProjectState now)
    {
        HashSet<long> buildsets = [.. now.Buildsets.Select(buildset => buildset.Id)];
        HashSet<long> requests = [.. now.Requests.Select(request => request.Id)];
        HashSet<long> builds = [.. now.Builds.Select(build => build.Id)];
        return before with
        {
            Buildsets =
            [
                .. before.Buildsets.Where(buildset => !buildset.Complete || buildsets.Contains(buildset.Id)).Select(buildset => buildset with
                {
                    Requests =
                    [
                        .. buildset.Requests.Where(request => !request.Complete || requests.Contains(request.Id))
                            .Select(request => request with { Builds = [.. request.Builds.Where(build => !build.Complete || builds.Contains(build.Id))] }),
                    ],
                }),
            ],
        };
    }
}
