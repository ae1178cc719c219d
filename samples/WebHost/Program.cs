// A web program that embeds a master: configuration, two hosted services, health checks, telemetry, a REST interface, and a dashboard.
//   dotnet run --project samples/WebHost                             then open /builds, /health, or /api/v2/builders/linux%2Fx64
//   dotnet run --project samples/WebHost -- --telemetry=console      also prints metrics and traces

using BuildData;
using BuildData.Samples.WebHost;
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

// The data as REST, WebSockets and server-sent events, and pages that show it live. Both answer this machine only, until the program says otherwise.
// <web>
app.MapBuildDataApi("/api/v2");
app.MapBuildDataDashboard("/builds");
// </web>
app.Run();
