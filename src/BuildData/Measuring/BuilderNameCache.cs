using System.Globalization;
using BuildData.Stores;

namespace BuildData.Measuring;

/// <summary>
/// Looks up the names of builders, and caches the names. If a builder is renamed, its measurements keep the old name until the process
/// restarts. Not thread-safe.
/// </summary>
internal sealed class BuilderNameCache(IStore store)
{
    private readonly Dictionary<long, string> _names = [];

    /// <summary>Returns the name of a builder.</summary>
    public async ValueTask<string> Get(long builderId, CancellationToken cancellationToken)
    {
        if (!_names.ContainsKey(builderId))
            await Load([builderId], cancellationToken).ConfigureAwait(false);
        return GetLoadedOrId(builderId);
    }

    /// <summary>Loads the names of several builders into the cache.</summary>
    public async ValueTask Load(IEnumerable<long> builderIds, CancellationToken cancellationToken)
    {
        long[] unknown = [.. builderIds.Where(id => !_names.ContainsKey(id)).Distinct()];
        if (unknown.Length == 0)
            return;

        List<Builder> builders = await store.Read(
            static (session, ids, token) => session.ReadByIds(new AllBuilders(), "builderid", ids, token), unknown, cancellationToken).ConfigureAwait(false);
        foreach (Builder builder in builders)
            _names[builder.BuilderId] = builder.Name;
    }

    /// <summary>
    /// Returns the name of a builder that <see cref="Load"/> has looked up. Returns the id as text if the store has no such builder.
    /// </summary>
    public string GetLoadedOrId(long builderId) => _names.GetValueOrDefault(builderId) ?? builderId.ToString(CultureInfo.InvariantCulture);

    /// <summary>Removes all names from the cache. Called when the store may have been replaced by another copy.</summary>
    public void Clear() => _names.Clear();
}
