using System.Text;
using System.Text.Json;

namespace BuildData.Tests;

/// <summary>The examples of results without a type, which are in the pages about queries and events letter for letter.</summary>
internal sealed class DocumentedUntypedTests
{
    private static readonly JsonWriterOptions Fragments = new() { SkipValidation = true };

    private TempFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = new TempFolder();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public async Task Queries_OfThePage_ReturnAndStreamJson()
    {
        await using Master master = await Master.Open(_folder.ConnectionString);
        await master.Data.Updates.FinishStep(await master.Data.Updates.Step(), BuildResult.Failure);
        using var buffer = new MemoryStream();
        using var writer = new Utf8JsonWriter(buffer, Fragments);

        // <untyped>
        string? version = await master.Data.GetVersion();                                 // read it before the data
        DataResult build = await master.Data.Get("/builds/1?field=number&field=results");
        Console.WriteLine($"{version}: {build.ResourceName} {build.ToJson()}");

        StreamedResult steps = master.Data.Stream("/steps?results=failure");              // however many
        await foreach (object step in steps)
            steps.WriteTo(writer, step);
        // </untyped>

        await writer.FlushAsync();
        build.ToJson().Should().Be("""{"number":1,"results":null}""");
        JsonElement.Parse(Encoding.UTF8.GetString(buffer.ToArray())).GetProperty("name").GetString().Should().Be("compile");
    }

    [Test]
    public async Task Watch_OfThePage_ReturnsResultsAndChanges()
    {
        await using Master master = await Master.Open(_folder.ConnectionString);
        long stepId = await master.Data.Updates.Step();
        Task<int> watching = Watch(master);

        using var patience = new CancellationTokenSource(Given.Patience);
        while (!master.Events.Dispatcher.HasSubscribers)
            await Task.Delay(1, patience.Token);
        await master.Data.Updates.FinishStep(stepId, BuildResult.Failure);
        await master.Data.Updates.FinishBuild(1, BuildResult.Failure);
        await master.DisposeAsync();

        (await watching.WaitAsync(Given.Patience)).Should().Be(2, "there are two paths");
    }

    private static async Task<int> Watch(Master master)
    {
        // <several>
        await using CombinedWatch page = await master.Data.Watch(["/builds/1", "/builds/1/steps?results__ne=0"]);
        foreach (DataResult result in page.InitialResults)                                // what Get would have returned, all at one moment
            Console.WriteLine($"{result.Query.Path}: {result.ToJson()}");
        await foreach (CombinedWatchChange change in page)                                // and every change of them since, in commit order
            Console.WriteLine($"path {change.PathIndex}: {change.Kind} ({change.EventName})");
        // </several>

        return page.InitialResults.Count;
    }
}
