using System.Text;
using System.Text.Json;
using BuildData.Queries;

namespace BuildData.StoreContracts;

/// <summary>A stream whose type is not known returns what Get returns, however much that is.</summary>
public abstract class StreamedResultTests(StoreKind kind) : MasterTests(kind)
{
    [Test]
    public async Task Stream_EachCollection_IsWhatGetReturns()
    {
        var world = new SmallWorld(Updates, Clock);
        for (int i = 0; i < 3; i++)
            await world.Grow();

        int streamed = 0;
        foreach (string path in Collections())
        {
            DataResult whole = await Data.Get(path);
            StreamedResult stream = Data.Stream(path);
            List<string> resources = await Read(stream);

            stream.ResourceName.Should().Be(whole.ResourceName);
            stream.Query.Should().Be(whole.Query);
            string[] expected = whole.Value is null ? [] : [.. JsonElement.Parse(whole.ToJson()).EnumerateArray().Select(resource => resource.GetRawText())];
            resources.Order(StringComparer.Ordinal).Should().Equal(expected.Order(StringComparer.Ordinal), "of {0}", path);
            streamed += resources.Count;
        }

        streamed.Should().BeGreaterThan(500, "a law of nothing proves nothing");
    }

    [Test]
    public async Task Stream_MoreThanAPage_ReturnsAllInOrder()
    {
        // One more than a page of the library.
        const int Count = 1001;
        await Updates.Steps(Count);

        (await Read(Data.Stream("/steps?field=stepid"))).Should().Equal(Enumerable.Range(1, Count).Select(id => $$"""{"stepid":{{id}}}"""));
        (await Read(Data.Stream("/steps?field=number&order=-number"))).Should().Equal(Enumerable.Range(1, Count).Select(i => $$"""{"number":{{Count - i}}}"""));
    }

    [Test]
    public async Task Stream_ReadTwice_ReadsAnew()
    {
        await Updates.FindBuilderId("first");
        StreamedResult stream = Data.Stream("/builders?field=name");
        List<string> before = await Read(stream);

        await Updates.FindBuilderId("second");

        before.Should().Equal("""{"name":"first"}""");
        (await Read(stream)).Should().Equal("""{"name":"first"}""", """{"name":"second"}""");
    }

    [Test]
    public async Task Stream_TypedQuery_AppliesItsOptions()
    {
        await Updates.Build();
        await Updates.SetBuildProperty(1, "rev", ("9f", "Git"));

        List<string> builds = await Read(Data.Stream(DataApi.ParsePath("/builds").Query, new ResultSpec { Fields = ["properties"], Properties = ["rev"] }));

        builds.Should().Equal("""{"properties":{"rev":["9f","Git"]}}""");
    }

    [TestCase("/builders/linux/builds/1/steps")]
    [TestCase("/builds/1/steps")]
    public async Task Stream_ParentIsMissing_IsEmpty(string path) => (await Read(Data.Stream(path))).Should().BeEmpty();

    [Test]
    public void Stream_SingleResource_IsRefusedAtOnce() =>
        Data.Invoking(data => data.Stream("/builds/1")).Should().Throw<InvalidPathException>().Where(error => error.Path == "/builds/1");

    [TestCase("/steps?limit=1", "limit")]
    [TestCase("/steps?offset=1", "offset")]
    [TestCase("/steps?after=x", "after")]
    [TestCase("/steps?nosuch=1", "nosuch")]
    [TestCase("/steps?property=*", "property")]
    public void Stream_UnsupportedParameter_IsRefusedAtOnce(string path, string parameter) =>
        Data.Invoking(data => data.Stream(path)).Should().Throw<InvalidQueryException>().Where(error => error.Parameter == parameter);

    [Test]
    public async Task Read_IsCancelled_Throws()
    {
        await Updates.Step();

        await FluentActions.Awaiting(() => Read(Data.Stream("/steps"), new CancellationToken(canceled: true))).Should().ThrowAsync<OperationCanceledException>();
    }

    private static IEnumerable<string> Collections() =>
        Endpoints.Patterns.SelectMany(WatchablePaths.Of).Concat(WatchablePaths.WithFilters).Where(path => DataApi.ParsePath(path).Query.IsCollection);

    private static async Task<List<string>> Read(StreamedResult stream, CancellationToken cancellationToken = default)
    {
        var resources = new List<string>();
        await foreach (object resource in stream.WithCancellation(cancellationToken))
        {
            using var buffer = new MemoryStream();
            using (var writer = new Utf8JsonWriter(buffer))
                stream.WriteTo(writer, resource);
            resources.Add(Encoding.UTF8.GetString(buffer.ToArray()));
        }

        return resources;
    }
}
