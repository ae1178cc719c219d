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
