using System.Net;
using System.Net.ServerSentEvents;

namespace BuildData.Torture.Followers.Streams;

/// <summary>Opens streams of server-sent events.</summary>
internal static class StreamRequest
{
    /// <summary>Opens a stream.</summary>
    /// <param name="client">The client.</param>
    /// <param name="address">The address.</param>
    /// <param name="lastId">The last id that the client knows; null if it knows none.</param>
    /// <returns>The answer, and the events; null if there is no such thing, or the program stops.</returns>
    /// <exception cref="HttpRequestException">The server can't be reached, or has another status.</exception>
    public static async Task<(HttpResponseMessage Response, IAsyncEnumerable<SseItem<string>> Items)?> Open(HttpClient client, string address, string? lastId = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address) { Headers = { { "Accept", "text/event-stream" } } };
        if (lastId is not null)
            request.Headers.Add("Last-Event-ID", lastId);
        HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        if (response.IsSuccessStatusCode)
            return (response, SseParser.Create(await response.Content.ReadAsStreamAsync()).EnumerateAsync());
        using (response)
        {
            return response.StatusCode == HttpStatusCode.NotFound
                ? null
                : throw new HttpRequestException($"{address} has status {(int)response.StatusCode}: {await response.Content.ReadAsStringAsync()}");
        }
    }
}
