// A web program that embeds a master: configuration, two hosted services, health checks, telemetry, and a read-only HTTP API.
//   dotnet run --project samples/WebHost                             then open /health, /data/builds or /data/builders/linux%2Fx64
//   dotnet run --project samples/WebHost -- --telemetry=console      also prints metrics and traces

using BuildData;
using BuildData.Samples.WebHost;
using Microsoft.AspNetCore.Http.Features;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

// The settings are beside the program. The database is in the current folder.
var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });

builder.Services.AddBuildData(o => o.OpenOnStart().WaitForStore(TimeSpan.FromSeconds(30)).RecoverOnOpen().MeasureBuilds().TraceBuilds());
builder.Services.Configure<BuildDataOptions>(builder.Configuration.GetSection("BuildData"));
builder.Services.AddHealthChecks().AddBuildData();

// Services stop in the reverse order. So the notifier still follows while the runner ends its last build.
builder.Services.AddHostedService<BuildNotifier>();
builder.Services.AddHostedService<BuildRunner>();

OpenTelemetryBuilder telemetry = builder.Services.AddOpenTelemetry()
    .WithMetrics(metrics => metrics.AddMeter(BuildDataInstrumentation.MeterName))
    .WithTracing(traces => traces.AddSource(BuildDataInstrumentation.ActivitySourceName, BuildDataInstrumentation.BuildsActivitySourceName));
if (builder.Configuration["telemetry"] == "console")
{
    telemetry.WithMetrics(metrics => metrics.AddConsoleExporter());
    telemetry.WithTracing(traces => traces.AddConsoleExporter());
}

WebApplication app = builder.Build();
app.MapHealthChecks("/health");
app.MapGet("/data/{**path:minlength(1)}", Get);
app.Run();

// Returns the resource or the collection of the path after /data, with its query string.
static async Task<IResult> Get(HttpContext context, DataApi data)
{
    // The raw target is still encoded. In a decoded path, a name with a slash would look like two segments.
    string target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
    try
    {
        DataResult result = await data.Get(target[target.IndexOf('/', 1)..], cancellationToken: context.RequestAborted);
        return result.Value is null
            ? Results.Problem("There is no such resource.", statusCode: StatusCodes.Status404NotFound)
            : Results.Text(result.ToJson(), "application/json");
    }
    catch (InvalidPathException e)
    {
        return Results.Problem(e.Message, statusCode: StatusCodes.Status404NotFound);
    }
    catch (InvalidQueryException e)
    {
        return Results.Problem(e.Message, statusCode: StatusCodes.Status400BadRequest);
    }
}
