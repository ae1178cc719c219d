namespace BuildData.Tests;

/// <summary>The examples of the page about history, which are there letter for letter.</summary>
internal sealed class DocumentedHistoryTests
{
    [Test]
    public async Task Master_ThatKeepsHistory_RemovesOldBuilds()
    {
        using var folder = new TempFolder();
        string connectionString = folder.ConnectionString;

        // <history>
        await using var master = await Master.Open(options => options
            .UseSqlite(connectionString)
            .KeepHistory(age: TimeSpan.FromDays(90), atLeastPerBuilder: 50));
        // </history>

        // <prune>
        var policy = new HistoryPolicy(age: TimeSpan.FromDays(90), atLeastPerBuilder: 50);
        PruneResult counted = await master.Data.Updates.Prune(policy, dryRun: true);
        Console.WriteLine($"{counted.Builds} builds with {counted.Steps} steps would go");
        PruneResult removed = await master.Data.Updates.Prune(policy);
        // </prune>

        counted.Should().Be(new PruneResult { IsDryRun = true });
        removed.Builds.Should().Be(0);
    }
}
