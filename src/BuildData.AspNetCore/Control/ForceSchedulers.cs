using BuildData.AspNetCore.Answers;

namespace BuildData.AspNetCore.Control;

/// <summary>Holds the ways to request builds by hand, and answers the requests for their descriptions.</summary>
internal sealed class ForceSchedulers(IReadOnlyList<ForceScheduler> all)
{
    private const string Collection = "/forceschedulers";

    /// <summary>Returns the scheduler of a path such as <c>/forceschedulers/nightly</c>; null if there is none.</summary>
    public ForceScheduler? Find(string path) =>
        path.StartsWith(Collection + "/", StringComparison.Ordinal) && Uri.UnescapeDataString(path[(Collection.Length + 1)..]) is var name
            ? all.FirstOrDefault(scheduler => scheduler.Name == name)
            : null;

    /// <summary>Returns the answer for a path of schedulers; null if it is another path.</summary>
    public async ValueTask<byte[]?> Find(DataApi data, string path, CancellationToken cancellationToken)
    {
        if (!path.Contains(Collection, StringComparison.Ordinal))
            return null;
        int mark = path.IndexOf('?', StringComparison.Ordinal);
        string endpoint = mark < 0 ? path : path[..mark];
        if (endpoint == Collection)
            return Write(all);
        if (Find(endpoint) is { } one)
            return Write([one]);
        if (!endpoint.EndsWith(Collection, StringComparison.Ordinal) || DataApi.ParsePath(endpoint[..^Collection.Length]).Query is not SingleQuery<Builder> query)
            return null;

        Builder? builder = await data.Get(query, cancellationToken: cancellationToken).ConfigureAwait(false);
        return Write(all.Where(scheduler => builder is not null && scheduler.Builders.Contains(builder.Name)));
    }

    private static byte[] Write(IEnumerable<ForceScheduler> schedulers) => CollectionAnswer.Of("forceschedulers", schedulers.OrderBy(scheduler => scheduler.Name, StringComparer.Ordinal), static (writer, scheduler) => scheduler.WriteTo(writer));
}
