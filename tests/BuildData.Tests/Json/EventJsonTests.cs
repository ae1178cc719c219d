using System.Text.Json;
using Microsoft.Extensions.Time.Testing;

namespace BuildData.Tests;

/// <summary>Lists, events and the changes of a watch have a wire form.</summary>
internal sealed class EventJsonTests
{
    private TempFolder _folder = null!;
    private Master _master = null!;

    [SetUp]
    public async Task Open()
    {
        _folder = new TempFolder();
        var clock = new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(1_800_000_000));
        _master = await Master.Open(options => options.UseSqlite(_folder.ConnectionString).TimeProvider = clock);
    }

    [TearDown]
    public async Task Close()
    {
        await _master.DisposeAsync();
        _folder.Dispose();
    }

    [Test]
    public async Task Serialize_List_IsAnArray()
    {
        await _master.Data.Updates.FindWorkerId("w");

        string json = JsonSerializer.Serialize(await _master.Data.GetAll<Worker>("/workers"), BuildDataJsonContext.Default.ResourceListWorker);

        json.Should().Be("""[{"workerid":1,"name":"w","title":null,"paused":false,"graceful":false,"pause_reason":null,"workerinfo":{},"version":null,"last_seen":null,"connected_to":[],"configured_on":[]}]""");
    }

    [Test]
    public async Task Serialize_Event_HasPathNameCursorAndResource()
    {
        await using Subscription buildsets = _master.Data.Events.Subscribe("/buildsets/*");
        await _master.Data.Updates.AddBuildset();
        DataEvent e = buildsets.ReadAvailable()[0];

        JsonElement json = JsonSerializer.SerializeToElement(e, BuildDataJsonContext.Default.DataEvent);

        (json.GetProperty("path").GetString(), json.GetProperty("event").GetString(), json.GetProperty("at").GetInt64()).Should().Be(("/buildsets/1", "new", 1_800_000_000));
        EventCursor.Parse(json.GetProperty("cursor").GetString()!).Should().Be(e.Cursor);
        json.GetProperty("resource").GetProperty("bsid").GetInt64().Should().Be(1);
    }

    [Test]
    public async Task Key_OfAnEvent_IsItsShortestPathAndItsName()
    {
        await using Subscription all = _master.Data.Events.Subscribe([.. Given.Everything, "/logs/*"]);
        long stepId = await _master.Data.Updates.Step();
        await _master.Data.Updates.AddLog(stepId, "stdio");
        await _master.Data.Updates.SetBuildProperty(1, "rev", ("9f", "Git"));

        all.ReadAvailable().Select(e => e.Key).Should().Equal(
            "builders/1/new", "buildrequests/1/new", "buildsets/1/new", "builds/1/new", "steps/1/new", "logs/1/new", "builds/1/properties/update");
    }

    [Test]
    public async Task WriteTo_Event_WritesItsResourceAlone()
    {
        await using Subscription all = _master.Data.Events.Subscribe(["/builds/*?property=*", "/builds/*/properties"]);
        await _master.Data.Updates.Build();
        await _master.Data.Updates.SetBuildProperty(1, "rev", ("9f", "Git"));
        IReadOnlyList<DataEvent> events = all.ReadAvailable();

        Written(events[0]).Should().Be((await _master.Data.Get("/builds/1")).ToJson());
        Written(events[1]).Should().Be("""{"rev":["9f","Git"]}""");
        events[0].Invoking(e => e.WriteTo(null!)).Should().Throw<ArgumentNullException>();
    }

    private static string Written(DataEvent e)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
            e.WriteTo(writer);
        return System.Text.Encoding.UTF8.GetString(buffer.ToArray());
    }

    [Test]
    public async Task Serialize_TypedEvent_IsTheSameAsTheUntypedOne()
    {
        await using Subscription untyped = _master.Data.Events.Subscribe("/buildsets/*");
        await using Subscription<Buildset> typed = _master.Data.Events.Subscribe<Buildset>("/buildsets/*");
        await _master.Data.Updates.AddBuildset();

        string json = JsonSerializer.Serialize(typed.ReadAvailable()[0], BuildDataJsonContext.Default.DataEventBuildset);

        json.Should().Be(JsonSerializer.Serialize(untyped.ReadAvailable()[0], BuildDataJsonContext.Default.DataEvent));
    }

    [Test]
    public void Serialize_Change_HasKindInSmallLetters()
    {
        var change = new WatchChange<Worker>(WatchChangeKind.Removed, new Worker { WorkerId = 7, Name = "w" }, "update", 12);

        string json = JsonSerializer.Serialize(change, BuildDataJsonContext.Default.WatchChangeWorker);

        json.Should().Be("""{"kind":"removed","resource":{"workerid":7,"name":"w","title":null,"paused":false,"graceful":false,"pause_reason":null,"workerinfo":{},"version":null,"last_seen":null,"connected_to":[],"configured_on":[]},"event":"update","sequence":12}""");
    }

    [Test]
    public void Cursor_InJson_RoundTrips()
    {
        var cursor = new EventCursor(7, DateTimeOffset.FromUnixTimeSeconds(1));

        string json = JsonSerializer.Serialize(cursor, BuildDataJsonContext.Default.EventCursor);

        JsonSerializer.Deserialize(json, BuildDataJsonContext.Default.EventCursor).Should().Be(cursor);
    }

    [Test]
    public void Cursor_TextThatIsNone_IsAJsonError() =>
        FluentActions.Invoking(() => JsonSerializer.Deserialize("\"x\"", BuildDataJsonContext.Default.EventCursor)).Should().Throw<JsonException>();
}
