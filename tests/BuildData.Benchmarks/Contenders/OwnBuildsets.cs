using System.Globalization;

namespace BuildData.Benchmarks;

/// <summary>Whole buildsets through BuildData's public API.</summary>
internal sealed class OwnBuildsets
{
    private readonly Updates _updates;
    private readonly long[] _builders;
    private long _revision;

    private OwnBuildsets(Updates updates, long[] builders)
    {
        _updates = updates;
        _builders = builders;
    }

    public static async Task<OwnBuildsets> Make(Updates updates) =>
        new(updates, [await updates.FindBuilderId("a"), await updates.FindBuilderId("b"), await updates.FindBuilderId("c")]);

    public async Task<long> Run(int caller, Func<bool> goOn)
    {
        long done = 0;
        while (goOn())
        {
            var stamp = new SourceStampKey
            {
                Repository = "https://example.org/app.git",
                Branch = "main",
                Revision = Interlocked.Increment(ref _revision).ToString(CultureInfo.InvariantCulture),
            };
            AddedBuildset added = await _updates.AddBuildset(
                scheduler: "nightly", sourceStamps: [stamp], reason: "race", properties: new() { ["owner"] = ("ann", "Race") }, builderIds: _builders);
            foreach (long request in added.BuildRequestIds.Values)
            {
                await _updates.ClaimBuildRequests([request]);
                await _updates.CompleteBuildRequests([request], BuildResult.Success);
            }

            done++;
        }

        return done;
    }
}
