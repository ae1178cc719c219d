using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;

namespace BuildData.StoreContracts;

/// <summary>Replays a recorded scenario on a new store and compares every result, total, error and event.</summary>
internal sealed class ScenarioRunner
{
    private readonly Master _master;
    private readonly FakeTimeProvider _clock;
    private readonly EventLog _events;
    private readonly List<string> _differences = [];

    private ScenarioRunner(Master master, FakeTimeProvider clock)
    {
        _master = master;
        _clock = clock;
        _events = new EventLog(master.Data.Events);
    }

    /// <summary>What differs from the recording.</summary>
    public static async Task<List<string>> Replay(JsonObject scenario, Func<FakeTimeProvider, Task<Master>> open)
    {
        var clock = new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds((long)scenario["clock"]!));
        await using Master master = await open(clock);
        var runner = new ScenarioRunner(master, clock);
        int number = 0;
        foreach (JsonNode? op in scenario["ops"]!.AsArray())
        {
            int before = runner._differences.Count;
            await runner.Replay(op!.AsObject());
            for (int i = before; i < runner._differences.Count; i++)
                runner._differences[i] = $"op {number} {op["op"]} {op["path"]}: {runner._differences[i]}";
            number++;
        }

        await master.DisposeAsync();
        foreach (DataEvent e in await runner._events.TakeRest())
            runner._differences.Add($"an event that was not recorded: {e}");
        return runner._differences;
    }

    private async Task Replay(JsonObject op)
    {
        switch ((string)op["op"]!)
        {
            case "advance":
                _clock.Advance(TimeSpan.FromSeconds((double)op["seconds"]!));
                break;
            case "get":
                await Get(op);
                break;
            default:
                Compare(op["result"], await ScenarioUpdates.Call(_master.Data.Updates, op));
                break;
        }

        await CompareEvents(op["events"] as JsonArray ?? []);
    }

    private async Task Get(JsonObject op)
    {
        string path = (string)op["path"]!;
        string[] parameters = [.. op["query"]!.AsArray().Select(pair => $"{Encode(pair![0]!)}={Encode(pair[1]!)}")];
        string query = parameters.Length == 0 ? "" : "?" + string.Join('&', parameters);
        try
        {
            DataResult result = await _master.Data.Get(path + query);
            if (op["error"] is { } error)
                _differences.Add($"it gave {result.ToJson()}, recorded was '{error}'");
            else
                await CompareResult(op, path, result);
        }
        catch (InvalidPathException error)
        {
            CompareError(op, "invalid path", error);
        }
        catch (InvalidQueryException error)
        {
            CompareError(op, "invalid query", error);
        }
    }

    private async Task CompareResult(JsonObject op, string path, DataResult result)
    {
        JsonNode? ours = JsonNode.Parse(result.ToJson());
        Compare(op["result"], ours);
        if (op["total"] is not { } total)
        {
            if (result.Total is not null)
                _differences.Add($"the total is {result.Total}, recorded was none");
            return;
        }

        bool paged = result.Limit is not null || result.Offset > 0;
        if (!paged || (long)total != op["result"]!.AsArray().Count)
        {
            if ((long)total != result.Total)
                _differences.Add($"the total is {result.Total}, recorded was {total}");
            return;
        }

        // The reference reports a page's length as the total wherever its database did the paging. Ours is the count before
        // paging, everywhere, as documented; so here it is held against the unpaged answer instead.
        string[] filters = [.. op["query"]!.AsArray()
            .Where(pair => (string)pair![0]! is not ("limit" or "offset"))
            .Select(pair => $"{Encode(pair![0]!)}={Encode(pair[1]!)}")];
        DataResult whole = await _master.Data.Get(path + "?" + string.Join('&', filters));
        int count = JsonNode.Parse(whole.ToJson())!.AsArray().Count;
        if (result.Total != count)
            _differences.Add($"the total is {result.Total}, without paging there are {count}");
    }

    private void CompareError(JsonObject op, string kind, Exception error)
    {
        if ((string?)op["error"] != kind)
            _differences.Add($"it failed with {error.GetType().Name}: {error.Message}; recorded was '{op["error"]}'");
    }

    private void Compare(JsonNode? recorded, JsonNode? ours)
    {
        if (WireForm.Difference(recorded, ours) is { } difference)
            _differences.Add(difference);
    }

    private async Task CompareEvents(JsonArray recorded)
    {
        // One change may be recorded in several parts that share its name and body and differ in paths.
        var expected = recorded
            .GroupBy(e => (Name: (string)e!["event"]!, Body: e["body"]!.ToJsonString()))
            .Select(group => (
                group.Key.Name,
                Body: JsonNode.Parse(group.Key.Body),
                Paths: group.SelectMany(e => e!["paths"]!.AsArray()).Select(path => (string)path!).Order(StringComparer.Ordinal).ToArray()))
            .ToList();

        foreach (DataEvent e in await _events.Take())
        {
            string[] paths = [.. e.Paths.Order(StringComparer.Ordinal)];
            JsonNode? body = WireForm.Of(e.Resource);
            int match = expected.FindIndex(want =>
                want.Name == e.Name && want.Paths.SequenceEqual(paths) && WireForm.Difference(want.Body, body) is null);
            if (match >= 0)
                expected.RemoveAt(match);
            else
                _differences.Add($"an event that was not recorded: {e.Name} {string.Join(' ', paths)} {body?.ToJsonString()}");
        }

        foreach ((string name, JsonNode? body, string[] paths) in expected)
            _differences.Add($"an event is missing: {name} {string.Join(' ', paths)} {body?.ToJsonString()}");
    }

    // A recorded * stands for all properties, which it does only where it is not encoded.
    private static string Encode(JsonNode value) =>
        Uri.EscapeDataString(value.GetValueKind() == System.Text.Json.JsonValueKind.String ? (string)value! : value.ToJsonString())
            .Replace("%2A", "*", StringComparison.Ordinal);
}
