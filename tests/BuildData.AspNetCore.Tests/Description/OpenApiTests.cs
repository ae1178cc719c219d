using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace BuildData.AspNetCore.Tests;

/// <summary>The endpoints in the OpenAPI document of the host program.</summary>
internal sealed class OpenApiTests
{
    [Test]
    public async Task Document_OfTheHost_DescribesEveryFormOfPaths()
    {
        JsonElement document = await GetDocument();

        string[] paths = [.. document.GetProperty("paths").EnumerateObject().Select(path => path.Name)];
        paths.Should().Contain(["/api/v2/builds", "/api/v2/builds/{buildid}/steps/{step_name_or_step_number}", "/api/v2/sse"]);
        paths.Should().NotContain(path => path.Contains("**", StringComparison.Ordinal));
        paths.Should().HaveCount(DataApi.Endpoints.Select(endpoint => System.Text.RegularExpressions.Regex.Replace(endpoint.Pattern, @"\{[^}]*\}", "")).Distinct().Count() + 1);
    }

    [Test]
    public async Task Document_Collection_HasItsParametersAndItsAnswer()
    {
        JsonElement document = await GetDocument();

        JsonElement get = document.GetProperty("paths").GetProperty("/api/v2/builders/{builderid_or_buildername}/builds").GetProperty("get");
        (string, string)[] parameters = [.. get.GetProperty("parameters").EnumerateArray().Select(parameter => (parameter.GetProperty("name").GetString()!, parameter.GetProperty("in").GetString()!))];
        parameters.Should().Contain([("builderid_or_buildername", "path"), ("limit", "query"), ("order", "query"), ("property", "query"), ("complete", "query")]);
        string answer = get.GetProperty("responses").GetProperty("200").GetProperty("content").GetProperty("application/json").GetProperty("schema").ToString();
        answer.Should().Contain("BuildsAnswer");
        document.GetProperty("components").GetProperty("schemas").GetProperty("Build").GetProperty("properties").TryGetProperty("state_string", out _).Should().BeTrue();
    }

    private static async Task<JsonElement> GetDocument()
    {
        await using WebProgram program = await WebProgram.Start(
            app =>
            {
                app.MapOpenApi();
                app.MapBuildDataApi("/api/v2");
            },
            configure: builder => builder.Services.AddOpenApi());
        return await program.GetJson("/openapi/v1.json");
    }
}
