using System.Text;
using BuildData.Torture.Running;

namespace BuildData.Torture.Fuzzing.Targets;

/// <summary>
/// The HTTP interface behind a real Kestrel: REST, control, server-sent events, WebSockets, badges and the dashboard. It never answers with 5xx, and never logs
/// an error.
/// </summary>
/// <remarks>
/// The first byte chooses the request. Then follow, each up to a line feed, the target, a further header, and the body or the frames. The dangerous part is the
/// library's, not Kestrel's, so that all but one kind of requests are well-formed HTTP.
/// </remarks>
internal sealed class HttpTarget : IFuzzTarget
{
    // Control adds builds. A store that grows would make all inputs slower.
    private const int InputsPerHost = 5_000;

    private WebHost? _host;
    private int _inputs;

    /// <inheritdoc/>
    public IReadOnlyList<string> Words { get; } =
    [
        "g", "p", "w", "x", "r", "\n", "/api/v2/", "/api/v2/ws", "/api/v2/sse?path=/builds", "&path=/steps", "&last_event_id=1", "/api/v2/builds/1", "/api/v2/builders/1", "/api/v2/workers/1", "/api/v2/buildrequests/5", "/api/v2/buildsets/5",
        "/api/v2/forceschedulers/force", "/api/v2/badges/linux.svg", "/api/v2/application.spec", "/api/v2/logs/1/raw", "/builds/", "/builders/", "/dash/", "/dash/builders/linux", "/dash/builders/linux/builds/1", "/dash/queue", "/dash/data/home", "/dash/data/builders/1", "/dash/data/steps/1/log", "/dash/data/logs/1/raw", "/dash/control/stop", "/dash/assets/",
        "?limit=1", "?order=-number", "&", "property=%2A", "%2F", "%00", "%ED%A0%80", "../", "//",
        "Last-Event-ID: ", "If-None-Match: W/\"", "Accept: text/event-stream", "Accept-Encoding: gzip", "Sec-Fetch-Site: cross-site", "Origin: http://x", "X-Forwarded-For: 1", "Range: bytes=0-1",
        "{\"jsonrpc\":\"2.0\",\"method\":\"", "\",\"params\":{", "\"reason\":\"", "},\"id\":1}", "stop", "rebuild", "cancel", "pause", "force", "builderid", "\\ud800", "\"\\u0000\"", "null", "[", "{", "\ud800",
        "{\"cmd\":\"startConsuming\",\"path\":\"", "{\"cmd\":\"stopConsuming\",\"path\":\"", "{\"cmd\":\"ping\"", "\",\"_id\":1}", "builds/*/*", "*/*/*",
        "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", "Content-Length: 5", "Transfer-Encoding: chunked", "Expect: 100-continue",
    ];

    /// <inheritdoc/>
    public IEnumerable<byte[]> Seeds => SeedFiles.EndpointPaths().Select(path => $"g/api/v2{path}\n\n").Concat(Requests).ToInputs();

    private static IEnumerable<string> Requests =>
    [
        "g/api/v2/builds?limit=1\nIf-None-Match: W/\"1\"\n", "g/api/v2/badges/linux.svg\n\n", "g/api/v2/application.spec\n\n", "g/api/v2/logs/1/raw\nAccept-Encoding: gzip\n", "g/dash\n\n", "g/dash/builders/linux\n\n", "g/dash/builders/1/builds/1\n\n", "g/dash/data/home\n\n", "g/dash/data/builders/linux/builds/1\n\n", "g/dash/data/queue\nAccept: text/event-stream\n", "g/dash/data/steps/1/log\n\n", "g/dash/data/logs/1/raw\n\n",
        "p/api/v2/builds/1\n\n{\"jsonrpc\":\"2.0\",\"method\":\"rebuild\",\"params\":{\"reason\":\"x\"},\"id\":1}", "p/api/v2/builds/4\n\n{\"jsonrpc\":\"2.0\",\"method\":\"stop\",\"params\":{},\"id\":\"a\"}",
        "p/api/v2/workers/1\n\n{\"method\":\"pause\",\"params\":{\"reason\":\"x\"}}", "p/api/v2/buildrequests/5\n\n{\"method\":\"cancel\"}", "p/api/v2/buildsets/6\n\n{\"method\":\"cancel\",\"params\":[]}",
        "p/api/v2/forceschedulers/force\n\n{\"method\":\"force\",\"params\":{\"builderid\":1,\"reason\":\"x\",\"choice\":\"a\",\"flag\":true,\"number\":3}}", "p/dash/control/stop\n\n{\"id\":1}",
        "g/api/v2/sse?path=/builds/*\n\n", "g/api/v2/sse?path=/builds/1&path=/steps?order=-stepid\nLast-Event-ID: 3\n", "g/api/v2/sse?path=/builders/linux/builds&path=/nothing\n\n", "g/api/v2/sse?path=/steps&last_event_id=99\n\n",
        "w/api/v2/ws\n\n{\"cmd\":\"startConsuming\",\"path\":\"builds/*/*\",\"_id\":1}\u0001{\"cmd\":\"ping\",\"_id\":2}", "w/api/v2/ws\n\n{\"cmd\":\"stopConsuming\",\"path\":\"x\",\"_id\":\"a\"}", "w/api/v2/ws\n\n[1]", "w/api/v2/ws\n\n{\"cmd\":5}",
        "x/api/v2/ws\n\n\u0001\u0080\0\0\0\0", "rGET /api/v2/builds HTTP/1.1\r\nHost: localhost\r\n\r\n", "rPOST /api/v2/builds/1 HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 5\r\n\r\n{}",
    ];

    /// <inheritdoc/>
    public async Task Open() => _host = await WebHost.Start();

    /// <inheritdoc/>
    public async Task Run(byte[] input)
    {
        if (input.Length == 0)
            return;
        if (++_inputs % InputsPerHost == 0)
            await Restart();
        WebRequest request = WebRequest.Create(input);
        byte[] answer = await WebConnection.Send(_host!.Socket, request);
        if (_host.TakeErrors() is { Length: > 0 } errors)
            throw new ViolationException($"An error was logged: {errors}");
        CheckAnswer(answer);
    }

    /// <inheritdoc/>
    public Task RunThoroughly(byte[] input) => Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_host is not null)
            await _host.DisposeAsync();
    }

    private async Task Restart()
    {
        await _host!.DisposeAsync();
        _host = await WebHost.Start();
    }

    // Kestrel itself answers 505 to a version of HTTP that it does not know, and the control interface 501 to a method that the program does not have.
    private static void CheckAnswer(byte[] answer)
    {
        ReadOnlySpan<byte> status = answer.AsSpan().StartsWith("HTTP/1."u8) && answer.Length > 12 ? answer.AsSpan(9, 3) : default;
        if (!status.IsEmpty && status[0] == (byte)'5' && !status.SequenceEqual("505"u8) && !status.SequenceEqual("501"u8))
            throw new ViolationException($"The server answered {Encoding.Latin1.GetString(answer.AsSpan(0, Math.Min(answer.Length, 500)))}");
    }
}
