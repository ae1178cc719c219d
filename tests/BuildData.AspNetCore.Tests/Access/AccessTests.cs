using System.Net;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;

namespace BuildData.AspNetCore.Tests;

/// <summary>The default protection: this machine only, unless the host program decides.</summary>
[TestFixture("/api/v2/builds")]
[TestFixture("/api/v2/sse?path=/builds/1")]
[TestFixture("/api/v2/badges/none.svg")]
[TestFixture("/api/v2/ws")]
[TestFixture("/api/v2/unknown")]
internal sealed class AccessTests(string path)
{
    [Test]
    public async Task Default_ThisMachine_HasAccess() =>
        (await Get(app => app.MapBuildDataApi())).Status.Should().NotBe(HttpStatusCode.Forbidden);

    [TestCase("192.0.2.7")]
    [TestCase(null)]
    public async Task Default_AnotherMachine_IsRefusedWithWhatToWrite(string? address)
    {
        (HttpStatusCode status, string text) = await Get(app =>
        {
            app.Use((context, next) =>
            {
                context.Connection.RemoteIpAddress = address is null ? null : IPAddress.Parse(address);
                return next(context);
            });
            app.MapBuildDataApi();
        });

        status.Should().Be(HttpStatusCode.Forbidden);
        text.Should().Contain("call RequireAuthorization or AllowAnonymous on what MapBuildDataApi returns");
    }

    [TestCase("X-Forwarded-For", "192.0.2.7")]
    [TestCase("Forwarded", "for=192.0.2.7")]
    [TestCase("X-Original-For", "127.0.0.1")]
    [TestCase("Via", "1.1 proxy")]
    public async Task Default_ForwardedRequest_IsRefused(string header, string value) =>
        (await Get(app => app.MapBuildDataApi(), header, value)).Status.Should().Be(HttpStatusCode.Forbidden);

    [Test]
    public async Task Default_ForeignHostName_IsRefused() =>
        (await Get(app => app.MapBuildDataApi(), "Host", "evil.example")).Status.Should().Be(HttpStatusCode.Forbidden);

    [Test]
    public async Task AllowAnonymous_ForwardedRequest_HasAccess() =>
        (await Get(app => app.MapBuildDataApi().AllowAnonymous(), "X-Forwarded-For", "192.0.2.7")).Status.Should().NotBe(HttpStatusCode.Forbidden);

    [Test]
    public async Task RequireAuthorization_AnonymousOnThisMachine_IsChallenged() =>
        (await Get(app => app.MapBuildDataApi().RequireAuthorization())).Status.Should().Be(HttpStatusCode.Unauthorized);

    [Test]
    public async Task RequireAuthorization_UserFromElsewhere_HasAccess()
    {
        (HttpStatusCode status, _) = await Get(
            app =>
            {
                app.Use((context, next) =>
                {
                    context.Connection.RemoteIpAddress = IPAddress.Parse("192.0.2.7");
                    return next(context);
                });
                app.MapBuildDataApi().RequireAuthorization();
            },
            "X-User",
            "ann");

        status.Should().NotBe(HttpStatusCode.Forbidden).And.NotBe(HttpStatusCode.Unauthorized);
    }

    [Test]
    public async Task FallbackPolicy_AnonymousOnThisMachine_IsChallenged() =>
        (await Get(app => app.MapBuildDataApi(), fallback: true)).Status.Should().Be(HttpStatusCode.Unauthorized);

    [Test]
    public async Task FallbackPolicy_UserBehindAProxy_HasAccess()
    {
        (HttpStatusCode status, _) = await Get(
            app =>
            {
                app.Use((context, next) =>
                {
                    context.Request.Headers["X-Forwarded-For"] = "192.0.2.7";
                    return next(context);
                });
                app.MapBuildDataApi();
            },
            "X-User",
            "ann",
            fallback: true);

        status.Should().NotBe(HttpStatusCode.Forbidden).And.NotBe(HttpStatusCode.Unauthorized);
    }

    private async Task<(HttpStatusCode Status, string Text)> Get(Action<WebApplication> map, string? header = null, string? value = null, bool fallback = false)
    {
        await using WebProgram program = await WebProgram.Start(map, configure: builder =>
        {
            AuthorizationBuilder authorization = builder.AddHeaderAuthentication();
            if (fallback)
                authorization.SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
        });
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (header is not null)
            request.Headers.Add(header, value);
        using HttpResponseMessage response = await program.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return (response.StatusCode, response.StatusCode == HttpStatusCode.Forbidden ? await response.Content.ReadAsStringAsync() : "");
    }
}
