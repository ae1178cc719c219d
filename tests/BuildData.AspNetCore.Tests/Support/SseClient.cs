using System.Net.ServerSentEvents;
using System.Text.Json;

namespace BuildData.AspNetCore.Tests;

/// <summary>Reads a stream of server-sent events, as EventSource does.</summary>
internal sealed class SseClient : IAsyncDisposable
{
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(30);

    private readonly HttpResponseMessage _response;
    private readonly IAsyncEnumerator<SseItem<string>> _items;

    private SseClient(HttpResponseMessage response, IAsyncEnumerator<SseItem<string>> items)
    {
        _response = response;
        _items = items;
    }

    public HttpResponseMessage Response => _response;

    public static async Task<SseClient> Open(WebProgram program, string path, string? lastId = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (lastId is not null)
            request.Headers.Add("Last-Event-ID", lastId);
        HttpResponseMessage response = await program.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        ((int)response.StatusCode).Should().Be(200);
        return new SseClient(response, SseParser.Create(await response.Content.ReadAsStreamAsync()).EnumerateAsync().GetAsyncEnumerator());
    }

    /// <summary>Returns the next event; null at the end of the stream.</summary>
    public async Task<(string Type, string? Id, JsonElement Data)?> Next()
    {
        if (!await _items.MoveNextAsync().AsTask().WaitAsync(TimeLimit))
            return null;
        SseItem<string> item = _items.Current;
        return (item.EventType, item.EventId, JsonDocument.Parse(item.Data).RootElement);
    }

    public async ValueTask DisposeAsync()
    {
        _response.Dispose();
        await Task.CompletedTask;
    }
}
