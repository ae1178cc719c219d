using System.Globalization;
using System.Net.ServerSentEvents;
using System.Text.Json;
using BuildData.Torture.Running;

namespace BuildData.Torture.Followers.Streams;

/// <summary>
/// Follows paths as a browser does: applies states and changes, and connects again with the last id after its connection was cut, after it
/// read too slowly, and after the program was started again.
/// </summary>
/// <param name="run">The run, for its figures.</param>
/// <param name="random">The random numbers.</param>
internal sealed class SseFollower(CheckRun run, Random random) : IFollower
{
    private const int MostEventsBeforeItIsCut = 60;
    private const int MostCallsItWaits = 60;
    private const int HighestNamedId = 40;

    // Without filters and names, so that a stream can continue after an id.
    private static readonly string[] Plain =
    [
        "/builds", "/builds/*", "/builds/{}", "/builds/{}/steps/*", "/builds/{}/steps", "/builds/{}/properties", "/steps", "/steps/{}", "/steps/{}/logs", "/logs/{}", "/buildrequests",
        "/buildrequests/{}", "/buildsets/{}", "/builders", "/builders/{}", "/builders/{}/builds", "/builders/{}/buildrequests", "/workers", "/workers/{}", "/workers/{}/builds", "/masters",
    ];

    private string[] _paths = [];
    private bool _isPlain;
    private WatchedRows? _rows;
    private string? _lastId;
    private bool _mayRepeat;
    private int _statesMissing;

    public string Describe() => $"The stream of {string.Join(" and ", _paths)}, with the last id {_lastId}: {_rows}";

    public async Task Follow(Sitting sitting)
    {
        using HttpClient client = FollowersHost.CreateClient(sitting.Address);
        if (_paths.Length == 0)
            ChoosePaths();
        while (!sitting.IsClosing)
        {
            try
            {
                if (await FollowOnce(client, sitting) != FollowEnd.Arrived)
                    continue;
                await Compare(client, await sitting.Quiet);
                if (random.Next(3) == 0)
                    ChoosePaths();
                return;
            }
            catch (Exception error) when (error is HttpRequestException or IOException)
            {
                // The program stops. Otherwise nobody cuts the connection but this client.
                if (!sitting.IsClosing)
                    throw sitting.Unexpected(Describe(), error);
            }
        }
    }

    private void ChoosePaths()
    {
        _isPlain = random.Next(4) > 0;
        _paths = _isPlain
            ? [.. random.GetItems(Plain, random.Next(1, 4)).Distinct().Select(path => path.Replace("{}", random.Next(1, HighestNamedId).ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)), "/buildsets"]
            : WatchPaths.Choose(random);
        (_lastId, _rows) = (null, null);
    }

    private async Task<FollowEnd> FollowOnce(HttpClient client, Sitting sitting)
    {
        if (await StreamRequest.Open(client, $"{FollowersHost.Api}/sse?{string.Join('&', _paths.Select(path => $"path={Uri.EscapeDataString(path)}"))}", _lastId) is not var (response, items))
            throw new ViolationException($"{Describe()} is not found.");
        using HttpResponseMessage owned = response;
        run.Count("streams opened");
        _mayRepeat = true;
        bool isFirst = true;
        _statesMissing = _lastId is null ? _paths.Length : 0;
        FollowEnd end = await FollowLoop.Read(
            items, sitting, random.Next(3) == 0 ? random.Next(1, MostEventsBeforeItIsCut) : int.MaxValue,
            async item =>
            {
                if (isFirst && _lastId is not null && item.EventType != "reset")
                    run.Count("streams that continued after an id");
                isFirst = false;
                Apply(item);
                if (random.Next(30) == 0)
                    await sitting.Progress.After(random.Next(1, MostCallsItWaits));
            },
            quiet => ValueTask.FromResult(_statesMissing == 0 && HasMarker(quiet)));
        run.Count($"streams that {(end == FollowEnd.Left ? "were cut by the client" : end == FollowEnd.Arrived ? "arrived" : "the server ended")}");
        return end;
    }

    // The last path of a stream without filters has all buildsets. One without requests is complete with its second event.
    private bool HasMarker(QuietState quiet) => _rows?.HasMarker(quiet.MarkerId) == true && (!_isPlain || _rows.IsComplete(quiet.MarkerId));

    private void Apply(SseItem<string> item)
    {
        JsonElement data = JsonElement.Parse(item.Data);
        run.Count($"events of streams: {item.EventType}");
        switch (item.EventType)
        {
            case "reset" when _lastId is not null && _statesMissing == 0:
                (_rows, _statesMissing) = (null, _paths.Length);
                break;
            case "state" when _statesMissing > 0 && data.GetProperty("path").GetString() == _paths[^_statesMissing]:
                _rows ??= new WatchedRows(_paths);
                _rows.SetState(_paths.Length - _statesMissing, data.GetProperty("resource").GetString()!, WatchedRows.Items(data.GetProperty("items")));
                _statesMissing--;
                _mayRepeat = false;
                break;
            case "change" when _statesMissing == 0:
                foreach (JsonElement path in data.GetProperty("paths").EnumerateArray())
                    ApplyChange(item, data, path.GetString()!);
                break;
            default:
                throw new ViolationException($"{Describe()}: the event '{item.EventType}' is not expected here: {item.Data}");
        }

        TakeId(item);
    }

    private void ApplyChange(SseItem<string> item, JsonElement data, string path)
    {
        int index = Array.IndexOf(_paths, path);
        if (index < 0)
            throw new ViolationException($"{Describe()}: nobody has asked for the path of {item.Data}");

        // After a cut between the changes of one event, the stream begins with this event again.
        if (_rows!.Apply(index, data.GetProperty("kind").GetString()!, data.GetProperty("item")) is { } fault && !_mayRepeat)
            throw new ViolationException($"{Describe()}: {fault}");
    }

    private void TakeId(SseItem<string> item)
    {
        if (item.EventId is not { Length: > 0 } id)
            return;
        if (item.EventType == "change" && _lastId is not null && long.Parse(id, CultureInfo.InvariantCulture) <= long.Parse(_lastId, CultureInfo.InvariantCulture))
            throw new ViolationException($"{Describe()}: the id {id} follows the id {_lastId}.");
        _lastId = id;
        _mayRepeat = false;
    }

    private async Task Compare(HttpClient client, QuietState quiet)
    {
        var stored = new WatchedRows(_paths);
        for (int i = 0; i < _paths.Length; i++)
        {
            string path = _paths[i].EndsWith("/*", StringComparison.Ordinal) ? _paths[i][..^2] : _paths[i];
            using HttpResponseMessage response = await client.GetAsync(new Uri(FollowersHost.Api + path, UriKind.Relative));
            JsonElement answer = JsonElement.Parse(await response.Content.ReadAsStringAsync());
            JsonProperty property = answer.EnumerateObject().First();
            stored.SetState(i, property.Name, property.Name == "error" ? [] : WatchedRows.Items(property.Value));
        }

        if (_rows!.FindDifference(stored) is { } difference)
            throw new ViolationException($"{Describe()} does not end with what the REST interface returns, up to the buildset {quiet.MarkerId}. {difference}");
    }
}
