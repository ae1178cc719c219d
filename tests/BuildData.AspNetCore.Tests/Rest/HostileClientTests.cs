using System.Globalization;
using System.Text;
using BuildData.Testing;

namespace BuildData.AspNetCore.Tests;

/// <summary>Clients that send what no client should: each receives a clear status, never 500 or a stack trace, and the program lives on.</summary>
internal sealed class HostileClientTests
{
    private static readonly string[] Paths =
    [
        "/", "//", "/.", "/..", "/../", "/../../etc/passwd", "/..%2f..%2fetc%2fpasswd", "/%2e%2e/%2e%2e/etc/passwd", "/builds/..%2f1", "/builders/%2e%2e/builds", "/builders/..;/builds",
        "/%00", "/builds/%00", "/builders/a%00b", "/%ff%fe", "/%c0%ae%c0%ae/", "/%", "/%2", "/%zz", "/builds/%u0031", "/builds/1%2Fsteps", "/builders/%2F", "/builders/%2F/builds",
        "/builds/-1", "/builds/+1", "/builds/1.0", "/builds/1e3", "/builds/9223372036854775807", "/builds/9223372036854775808", "/builds/99999999999999999999999999999", "/builds/0x10",
        "/builds/1/steps/<script>alert(1)</script>", "/builders/<img%20src=x%20onerror=alert(1)>", "/builders/'%20OR%20'1'='1", "/builders/x';DROP%20TABLE%20builds;--",
        "/builders/%F0%9F%92%A9", "/builders/%ED%A0%80", "/steps/1/logs/..%2F..%2Fx/raw", "/logs/1/raw_inline/..", "/builds/*", "/builds/*/steps/*", "/builds;a=b", "/builds#x", "/builds/{buildid}",
        "/badges/..%2f..%2fx.svg", "/badges/%00.svg", "/badges/.svg", "/forceschedulers/%2e%2e", "/builders/x/forceschedulers", "/masters/x/forceschedulers", "/forceschedulers/%", "/sse?path=", "/sse?path=%00", "/sse?path=/../..",
        "/sse?path=//", "/sse?path=http://evil.example/", "/sse?path=/builds/1&last_event_id=x", "/sse?path=/*", "/sse?path=*",
    ];

    private static readonly string[] Queries =
    [
        "?", "?&", "?&&&&", "?=", "?==", "?limit", "?limit=", "?limit=x", "?limit=-1", "?limit=1&limit=2", "?limit=99999999999999999999", "?offset=9223372036854775807", "?offset=-5", "?order=", "?order=-", "?order=x",
        "?order=buildid%3B--", "?order=buildid,number", "?field=", "?field=%00", "?field=x", "?property=", "?property=%00", "?property=*&property=*", "?buildid__=1", "?buildid__xx=1", "?__eq=1", "?buildid__eq__eq=1",
        "?buildid=1%20OR%201=1", "?state_string=%00", "?state_string=%ED%A0%80", "?state_string__contains=%25", "?complete=maybe", "?results=99", "?started_at=1e999", "?started_at=NaN", "?after=x", "?after=%00", "?after=AAAA",
        "?include=x", "?include=steps,steps", "?%00=1", "?%=1", "?a=%", "?" + "a=1&b=2&c=3", "?buildid=%F0%9F%92%A9",
    ];

    private static readonly string[] Endpoints = ["/builds", "/builds/1", "/builders/linux/builds", "/builds/1/steps", "/steps", "/workers", "/build_statistics", "/logs/1/contents", "/logs/1/raw", "/changes", "/builds/1/properties"];

    [Test]
    public async Task Get_HostilePaths_HaveAClearStatus()
    {
        await using WebProgram program = await WebProgram.StartApi();
        await AddData(program);

        foreach (string path in Paths)
            await AssertClear(program, "/api/v2" + path, await RawHttp.Get(program.Address, "/api/v2" + path));

        program.Errors.Should().BeEmpty();
    }

    [Test]
    public async Task Get_HostileQueries_HaveAClearStatus()
    {
        await using WebProgram program = await WebProgram.StartApi();
        await AddData(program);

        foreach (string endpoint in Endpoints)
        {
            foreach (string query in Queries)
                await AssertClear(program, endpoint + query, await RawHttp.Get(program.Address, "/api/v2" + endpoint + query));
        }

        program.Errors.Should().BeEmpty();
    }

    [Test]
    public async Task Get_RandomTargets_HaveAClearStatus()
    {
        await using WebProgram program = await WebProgram.StartApi();
        await AddData(program);
        int seed = Environment.TickCount;
        var random = new Random(seed);
        string[] parts = ["builds", "builders", "steps", "logs", "raw", "contents", "1", "2", "linux", "%2F", "%", "..", ".", "", "*", "?", "&", "=", "__eq", "__in", "limit", "order", "-", "property", "%00", "%ff", "+", ";", "<", "\"", "'", "\\", "{", "}", "|", "^", "~", "é", "properties", "sse", "ws", "badges", "path"];

        for (int i = 0; i < 1000; i++)
        {
            var target = new StringBuilder("/api/v2");
            int count = random.Next(1, 9);
            for (int j = 0; j < count; j++)
                target.Append(random.Next(3) == 0 ? "" : "/").Append(parts[random.Next(parts.Length)]);
            string text = target.ToString();
            await AssertClear(program, $"seed {seed}: {text}", await RawHttp.Get(program.Address, text));
        }

        program.Errors.Should().BeEmpty();
    }

    [TestCase(9_000)]
    [TestCase(100_000)]
    public async Task Get_LongTarget_HasAClearStatus(int length)
    {
        await using WebProgram program = await WebProgram.StartApi();

        await AssertClear(program, "long", await RawHttp.Get(program.Address, "/api/v2/builds?state_string=" + new string('x', length)));
    }

    [Test]
    public async Task Get_LargeHeaders_HasAClearStatus()
    {
        await using WebProgram program = await WebProgram.StartApi();

        string answer = await RawHttp.Get(program.Address, "/api/v2/builds", $"If-None-Match: {new string('"', 20_000)}\r\nLast-Event-ID: {new string('9', 20_000)}\r\n");

        await AssertClear(program, "headers", answer);
    }

    [TestCase("If-None-Match: W/\"\r\n")]
    [TestCase("If-None-Match: *\r\n")]
    [TestCase("If-None-Match: ,,,\r\n")]
    [TestCase("Last-Event-ID: 99999999999999999999999\r\n")]
    [TestCase("Range: bytes=0-1\r\n")]
    [TestCase("Accept-Encoding: x, br;q=9, *;q=0\r\n")]
    [TestCase("Upgrade: websocket\r\n")]
    [TestCase("Transfer-Encoding: chunked\r\n")]
    [TestCase("Origin: \x01\r\n")]
    public async Task Get_OddHeaders_HaveAClearStatus(string headers)
    {
        await using WebProgram program = await WebProgram.StartApi();

        foreach (string path in new[] { "/api/v2/builds", "/api/v2/ws", "/api/v2/badges/x.svg" })
            await AssertClear(program, path + headers, await RawHttp.Get(program.Address, path, headers));
    }

    [TestCase("POST")]
    [TestCase("PUT")]
    [TestCase("DELETE")]
    [TestCase("OPTIONS")]
    [TestCase("TRACE")]
    [TestCase("CONNECT")]
    [TestCase("PROPFIND")]
    public async Task Request_OtherMethods_HaveAClearStatus(string method)
    {
        await using WebProgram program = await WebProgram.StartApi(o => o.AllowControl = true);

        await AssertClear(program, method, await RawHttp.Send(program.Address, $"{method} /api/v2/builds/1 HTTP/1.1\r\nHost: {program.Address.Authority}\r\nConnection: close\r\nContent-Length: 2\r\nContent-Type: application/json\r\n\r\n{{}}"));
    }

    private static async Task AddData(WebProgram program)
    {
        TestBuild build = await program.Updates.AddTestBuild("linux");
        AddedStep step = await program.Updates.NewStep(build.BuildId, "compile");
        AddedLog log = await program.Updates.AddLog(step.StepId, "stdio", LogType.Stdio);
        await program.Updates.AppendLog(log.LogId, "oline\n");
        await program.Updates.FinishLog(log.LogId);
    }

    private static int _answers;

    private static async Task AssertClear(WebProgram program, string request, string answer)
    {
        // A server may close a connection that breaks the protocol without an answer.
        if (answer.Length > 0)
        {
            int status = int.Parse(answer.AsSpan(9, 3), CultureInfo.InvariantCulture);
            status.Should().BeInRange(200, 499, "{0} was answered with {1}", request, answer);
            answer.Should().NotContain("   at ", "{0} must not be answered with a stack trace", request);
        }

        if (answer.Length == 0 || Interlocked.Increment(ref _answers) % 20 == 0)
            (await program.Client.GetAsync(new Uri("/api/v2/builders", UriKind.Relative))).StatusCode.Should().Be(System.Net.HttpStatusCode.OK, "after {0}", request);
    }
}
