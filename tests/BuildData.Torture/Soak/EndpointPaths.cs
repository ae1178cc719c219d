using System.Text.RegularExpressions;

namespace BuildData.Torture.Soak;

/// <summary>Chooses paths of all endpoints, with queries.</summary>
internal static partial class EndpointPaths
{
    /// <summary>Chooses an endpoint, and returns a path of it.</summary>
    /// <param name="random">The random numbers.</param>
    /// <param name="ids">What the path leads to.</param>
    public static (EndpointDescription Endpoint, string Path) Choose(Random random, NewestIds ids)
    {
        EndpointDescription endpoint = DataApi.Endpoints[random.Next(DataApi.Endpoints.Count)];
        string path = Variable().Replace(endpoint.Pattern, variable => Value(variable.Groups[1].Value, ids));
        return (endpoint, endpoint.IsCollection ? $"{path}?{Query(random, endpoint.Resource)}" : path);
    }

    private static string Query(Random random, ResourceDescription resource)
    {
        string field = resource.Fields[random.Next(resource.Fields.Count)].Name;
        return random.Next(5) switch
        {
            0 => "limit=5",
            1 => $"order=-{field}&limit=20",
            2 => $"{field}__ne=1&limit=20",
            3 => $"{field}__in=1&{field}__in=2",
            _ => $"field={field}&limit=20&offset=2",
        };
    }

    private static string Value(string variable, NewestIds ids) => variable switch
    {
        "bsid" => $"{ids.BuildsetId}",
        "buildrequestid" => $"{ids.RequestId}",
        "builderid_or_buildername" => $"{ids.BuilderId}",
        "workerid" => $"{ids.WorkerId}",
        "buildid" => $"{ids.BuildId}",
        "build_number" => $"{ids.BuildNumber}",
        "stepid" => $"{ids.StepId}",
        "logid" => $"{ids.LogId}",
        "step_name" => "compile",
        "log_slug" => "output",
        "name" => "farm-worker0",
        "step_number" => "0",
        _ => "1",
    };

    [GeneratedRegex(@"\{([a-z_]+)[^}]*\}")]
    private static partial Regex Variable();
}
