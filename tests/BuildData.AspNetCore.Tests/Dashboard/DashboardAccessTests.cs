using System.Net;
using BuildData.AspNetCore.Dashboard.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace BuildData.AspNetCore.Tests.Dashboard;

/// <summary>The default protection of the pages, the data and the assets: this machine only, unless the host program decides.</summary>
[TestFixture("page")]
[TestFixture("data")]
[TestFixture("asset")]
internal sealed class DashboardAccessTests(string kind)
{
    private string Path => kind switch
    {
        "page" => "/builds/",
        "data" => "/builds/data/home",
        _ => $"/builds/assets/{DashboardAssets.Instance.Hash}/app.js",
    };

    [Test]
    public async Task Default_ThisMachine_HasAccess() =>
        (await Get(app => app.MapBuildDataDashboard())).Status.Should().Be(HttpStatusCode.OK);

    [Test]
    public async Task Default_AnotherMachine_IsRefusedWithWhatToWrite()
    {
        (HttpStatusCode status, string text) = await Get(app =>
        {
            app.Use((context, next) =>
            {
                context.Connection.RemoteIpAddress = IPAddress.Parse("192.0.2.7");
                return next(context);
            });
            app.MapBuildDataDashboard();
        });

        status.Should().Be(HttpStatusCode.Forbidden);
        text.Should().Contain("call RequireAuthorization or AllowAnonymous on what MapBuildDataDashboard returns");
    }

    [TestCase("X-Forwarded-For", "192.0.2.7")]
    [TestCase("Forwarded", "for=192.0.2.7")]
    public async Task Default_ForwardedRequest_IsRefused(string header, string value) =>
        (await Get(app => app.MapBuildDataDashboard(), header, value)).Status.Should().Be(HttpStatusCode.Forbidden);

    [Test]
    public async Task Default_ForeignHostName_IsRefused() =>
        (await Get(app => app.MapBuildDataDashboard(), "Host", "evil.example")).Status.Should().Be(HttpStatusCode.Forbidden);

    [Test]
    public async Task AllowAnonymous_ForwardedRequest_HasAccess() =>
        (await Get(app => app.MapBuildDataDashboard().AllowAnonymous(), "X-Forwarded-For", "192.0.2.7")).Status.Should().Be(HttpStatusCode.OK);

    [Test]
    public async Task RequireAuthorization_AnonymousOnThisMachine_IsRefused() =>
        (await Get(app => app.MapBuildDataDashboard().RequireAuthorization(policy => policy.RequireAssertion(_ => false)))).Status
            .Should().Be(HttpStatusCode.Unauthorized);

    private async Task<(HttpStatusCode Status, string Text)> Get(Action<WebApplication> map, string? header = null, string value = "")
    {
        await using WebProgram program = await WebProgram.Start(map, configure: builder =>
        {
            builder.Services.AddAuthentication("cookie").AddCookie("cookie", options => options.Events.OnRedirectToLogin = context =>
            {
                context.Response.StatusCode = StatusCodes.Status401Unauthorized;
                return Task.CompletedTask;
            });
            builder.Services.AddAuthorization();
        });
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Path, UriKind.Relative));
        if (header is not null)
            request.Headers.TryAddWithoutValidation(header, value);
        using HttpResponseMessage response = await program.Client.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }
}
