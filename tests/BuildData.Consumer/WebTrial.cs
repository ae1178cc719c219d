using BuildData.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace BuildData.Consumer;

/// <summary>Uses the package for web programs: one line for the REST interface, and one for the dashboard.</summary>
internal static class WebTrial
{
    public static async Task Run()
    {
        using var database = new TestDatabase();
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddBuildData(o => o.UseSqlite(database.ConnectionString));
        await using WebApplication app = builder.Build();
        app.MapBuildDataApi("/api/v2");
        app.MapBuildDataDashboard("/builds");
        await app.StartAsync();
        await app.Services.GetRequiredService<Master>().Data.Updates.AddTestBuild("linux");

        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
        string builders = await client.GetStringAsync(new Uri("/api/v2/builders?field=name", UriKind.Relative));
        StoreTrial.Expect(builders, """{"builders":[{"name":"linux"}],"meta":{"total":1}}""");
        string page = await client.GetStringAsync(new Uri("/builds/", UriKind.Relative));
        StoreTrial.Expect(page.StartsWith("<!doctype html>", StringComparison.OrdinalIgnoreCase), true);
        string home = await client.GetStringAsync(new Uri("/builds/data/home", UriKind.Relative));
        StoreTrial.Expect(home.Contains("linux", StringComparison.Ordinal), true);
        Console.WriteLine("Web: the REST interface and the dashboard have answered");
    }
}
