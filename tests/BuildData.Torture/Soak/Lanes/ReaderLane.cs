namespace BuildData.Torture.Soak.Lanes;

/// <summary>Reads paths of all endpoints. Some streams are left in the middle.</summary>
internal sealed class ReaderLane : Lane
{
    public override string Name => "queries";

    protected override async Task Act(SoakWorld world, Random random, CancellationToken end)
    {
        if (world.Newest is not { } ids)
            return;
        (EndpointDescription endpoint, string path) = EndpointPaths.Choose(random, ids);
        try
        {
            if (endpoint.IsCollection && random.Next(4) == 0)
                await Stream(world, random, path[..path.IndexOf('?', StringComparison.Ordinal)], end);
            else
                await world.Data.Get(path, cancellationToken: end);
        }
        catch (Exception error) when (error is InvalidQueryException or LogContentRemovedException or ResourceNotFoundException)
        {
            world.Run.Count("queries that were refused");
        }
    }

    private static async Task Stream(SoakWorld world, Random random, string path, CancellationToken end)
    {
        int left = random.Next(1, 100);
        await foreach (object _ in world.Data.Stream(path).WithCancellation(end))
        {
            if (--left == 0)
                return;
        }
    }
}
