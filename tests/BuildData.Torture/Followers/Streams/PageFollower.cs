using System.Text.Json.Nodes;
using BuildData.Torture.Running;

namespace BuildData.Torture.Followers.Streams;

/// <summary>Views pages of the dashboard, and connects again when the program was started again. Each ends with what the page shows anew.</summary>
/// <param name="run">The run, for its figures.</param>
/// <param name="random">The random numbers.</param>
internal sealed class PageFollower(CheckRun run, Random random) : IFollower
{
    private const int MostEventsBeforeItLeaves = 4;
    private const int MostCallsItWaits = 60;

    private static readonly string[] Pages = ["home", "queue", "builders/lane-0", "builders/1", "builders/lane-0/builds/1", "builders/lane-1/builds/2"];

    private string _page = "";
    private JsonObject? _parts;
    private JsonObject? _stored;

    public string Describe() => $"The page {_page}: {_parts?.ToJsonString()}, and not {_stored?.ToJsonString()}";

    public async Task Follow(Sitting sitting)
    {
        using HttpClient client = FollowersHost.CreateClient(sitting.Address);
        _page = random.GetItems(Pages, 1)[0];
        while (!sitting.IsClosing)
        {
            try
            {
                if (await FollowOnce(client, sitting) == FollowEnd.Arrived)
                    return;
            }
            catch (Exception error) when (error is HttpRequestException or IOException)
            {
                if (!sitting.IsClosing)
                    throw sitting.Unexpected(Describe(), error);
            }
        }
    }

    private async Task<FollowEnd> FollowOnce(HttpClient client, Sitting sitting)
    {
        string address = $"{FollowersHost.Dashboard}/data/{_page}";
        if (await StreamRequest.Open(client, address) is not var (response, items))
        {
            await sitting.Progress.After(random.Next(1, MostCallsItWaits));
            return sitting.Quiet.IsCompleted && await Read(client, address) is null ? FollowEnd.Arrived : FollowEnd.StreamEnded;
        }

        using (response)
        {
            FollowEnd end = await FollowLoop.Read(
                items, sitting, random.Next(3) == 0 ? random.Next(1, MostEventsBeforeItLeaves) : int.MaxValue,
                async item =>
                {
                    Apply(item.EventType, JsonNode.Parse(item.Data)!.AsObject());
                    if (random.Next(10) == 0)
                        await sitting.Progress.After(random.Next(1, MostCallsItWaits));
                },
                async _ => JsonNode.DeepEquals(_parts, _stored = await Read(client, address)));
            run.Count($"pages that {(end == FollowEnd.Left ? "were left" : end == FollowEnd.Arrived ? "arrived" : "ended with the program or with what they show")}");
            return end;
        }
    }

    private void Apply(string kind, JsonObject message)
    {
        run.Count($"events of pages: {kind}");
        switch (kind)
        {
            case "state":
                _parts = message["parts"]!.AsObject();
                break;
            case "change":
                foreach ((string key, JsonNode? part) in message["set"]!.AsObject())
                    _parts![key] = part?.DeepClone();
                foreach (JsonNode? key in message["remove"]!.AsArray())
                    _parts!.Remove(key!.GetValue<string>());
                break;
            case "gone":
                _parts = null;
                break;
            case "ping":
                break;
            default:
                throw new ViolationException($"The page {_page} has sent the unknown event '{kind}'.");
        }
    }

    private static async Task<JsonObject?> Read(HttpClient client, string address)
    {
        using HttpResponseMessage response = await client.GetAsync(new Uri(address, UriKind.Relative));
        return response.IsSuccessStatusCode ? JsonNode.Parse(await response.Content.ReadAsStringAsync())!["parts"]!.AsObject() : null;
    }
}
