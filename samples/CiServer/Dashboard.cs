namespace BuildData.Samples.CiServer;

/// <summary>Prints a line at each change of a running build: for each builder, its last build, and the step or the result of that build.</summary>
internal sealed class Dashboard(DataApi data)
{
    public async Task Run()
    {
        var cells = new SortedDictionary<long, string>();

        // The watch holds only what runs now, however long the history is. A finished build is removed from it. The watch begins before the
        // newest builds are read, so no change is missed.
        await using Watch<Build> running = await data.Watch<Build>("/builds?complete=false");
        foreach (Build build in await data.GetAll<Build>("/builds/newest"))
            Show(build);
        await foreach (WatchChange<Build> change in running)
            Show(change.Resource);

        void Show(Build build)
        {
            string state = build.Results?.ToString() ?? (build.CancelRequestedAt is null ? $"runs {build.StateString}" : "stops");
            cells[build.BuilderId] = $"{build.BuilderName} #{build.Number} {state}";
            Console.WriteLine(string.Join(" | ", cells.Values.Select(cell => $"{cell,-24}")));
        }
    }
}
