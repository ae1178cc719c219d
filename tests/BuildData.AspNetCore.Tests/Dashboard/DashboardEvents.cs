using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Text.Json;

namespace BuildData.AspNetCore.Tests.Dashboard;

/// <summary>Reads the stream of a page.</summary>
internal sealed class DashboardEvents : IAsyncDisposable
{
    private readonly HttpResponseMessage _response;
    private readonly IAsyncEnumerator<SseItem<string>> _events;

    private DashboardEvents(HttpResponseMessage response, Stream body)
    {
        _response = response;
        _events = SseParser.Create(body).EnumerateAsync().GetAsyncEnumerator();
    }

    public static async Task<DashboardEvents> Open(WebProgram program, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        HttpResponseMessage response = await program.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        response.EnsureSuccessStatusCode();
        return new DashboardEvents(response, await response.Content.ReadAsStreamAsync());
    }

    /// <summary>Returns the name and the data of the next event.</summary>
    public async Task<(string Name, JsonElement Data)> Next()
    {
        (await _events.MoveNextAsync()).Should().BeTrue("the stream continues");
        return (_events.Current.EventType, JsonDocument.Parse(_events.Current.Data).RootElement);
    }

    public async ValueTask DisposeAsync()
    {
        await _events.DisposeAsync();
        _response.Dispose();
    }
}
