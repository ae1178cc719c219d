using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;

namespace BuildData.StoreContracts;

/// <summary>Replays a recorded scenario on a new store and compares every result, total, error and event.</summary>
internal sealed class ScenarioRunner
{
    private const long OwnId = 1;

    private readonly TestStore _store;
    private readonly Action<BuildDataOptions> _configure;
    private readonly FakeTimeProvider _clock;
    private readonly Dictionary<long, string> _masterNames = new() { [OwnId] = "master" };
    private readonly List<string> _differences = [];
    private Master _master = null!;
    private EventLog _events = null!;

    private ScenarioRunner(TestStore store, FakeTimeProvider clock, Action<BuildDataOptions> configure)
    {
        _store = store;
        _clock = clock;
        _configure = configure;
    }

    /// <summary>What differs from the recording.</summary>
    public static async Task<List<string>> Replay(JsonObject scenario, TestStore store, Action<BuildDataOptions> configure)
    {
        var clock = new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds((long)scenario["clock"]!));
        var runner = new ScenarioRunner(store, clock, configure);
        await runner.Open(OwnId);
        try
        {
            await runner.Replay(DeliberateDifferences.Adapt(scenario)["ops"]!.AsArray());
        }
        finally
        {
            await runner.Close();
        }

        return runner._differences;
    }

    private async Task Replay(JsonArray ops)
    {
        int number = 0;
        foreach (JsonNode? op in ops)
        {
            int before = _differences.Count;
            await Replay(op!.AsObject());
            for (int i = before; i < _differences.Count; i++)
                _differences[i] = $"op {number} {op["op"]} {op["path"]}: {_differences[i]}";
            number++;
        }
    }

    private async Task Open(long masterId)
    {
        // A recorded master is active when it calls masterActive, so it has no heartbeats of its own.
        _master = await _store.Open(options =>
        {
            (options.MasterName, options.TimeProvider, options.Heartbeat) = (_masterNames[masterId], _clock, TimeSpan.FromDays(1));
            _configure(options);
        });
        _events = new EventLog(_master.Data.Events);
    }

    private async Task Close()
    {
        await _master.DisposeAsync();
        foreach (DataEvent e in (await _events.TakeRest()).Where(e => !IsAddition(e)))
            _differences.Add($"an event that was not recorded: {e}");
    }

    /// <summary>
    /// Does something as another master. It opens the store instead of this one, because some stores have one writer at a time. What opening
    /// and closing do to the masters is undone.
    /// </summary>
    private async Task As(long masterId, Func<Task> act)
    {
        ResourceList<MasterInfo> masters = await _master.Data.GetAll<MasterInfo>("/masters");
        await Close();
        await Open(masterId);
        await act();
        await Close();
        await Open(OwnId);
        foreach (MasterInfo master in masters)
            await _store.SetMaster(master);
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
            case "findMasterId":
                await FindMasterId(op);
                break;
            default:
                long masterId = (long?)op["as_masterid"] ?? OwnId;
                if (masterId == OwnId)
                    await Update(op);
                else
                    await As(masterId, () => Update(op));
                return;
        }

        await CompareEvents(op["events"] as JsonArray ?? []);
    }

    private async Task Update(JsonObject op)
    {
        try
        {
            JsonNode? result = await ScenarioUpdates.Call(_master.Data.Updates, op);
            if (op["error"] is { } error)
                _differences.Add($"it gave {result?.ToJsonString() ?? "null"}, recorded was '{error}'");
            else
                Compare(op["result"], result);
        }
        catch (ArgumentException error)
        {
            CompareError(op, "invalid argument", error);
        }

        await CompareEvents(op["events"] as JsonArray ?? []);
    }

    /// <summary>Registers a master, unless it is known. It is not active.</summary>
    private async Task FindMasterId(JsonObject op)
    {
        string name = (string)op["name"]!;
        if (!_masterNames.ContainsValue(name))
        {
            long next = _masterNames.Keys.Max() + 1;
            _masterNames.Add(next, name);
            await As(next, () => Task.CompletedTask);
            await _store.SetMaster(new MasterInfo { MasterId = next, LastActive = _clock.GetUtcNow() });
        }

        MasterInfo master = (await _master.Data.GetAll<MasterInfo>($"/masters?name={name}"))[0];
        Compare(op["result"], master.MasterId);
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
            else if (!IsAddition(e))
                _differences.Add($"an event that was not recorded: {e.Name} {string.Join(' ', paths)} {body?.ToJsonString()}");
        }

        foreach ((string name, JsonNode? body, string[] paths) in expected)
            _differences.Add($"an event is missing: {name} {string.Join(' ', paths)} {body?.ToJsonString()}");
    }

    // The reference announces no new builders and workers.
    private static bool IsAddition(DataEvent e) => e is { Name: "new", Resource: Builder or Worker };

    // A recorded * stands for all properties, which it does only where it is not encoded.
    private static string Encode(JsonNode value) =>
        Uri.EscapeDataString(value.GetValueKind() == System.Text.Json.JsonValueKind.String ? (string)value! : value.ToJsonString())
            .Replace("%2A", "*", StringComparison.Ordinal);
}
