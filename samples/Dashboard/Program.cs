// A web program that shows its builds. It has no real builds: it replays those of recordings.json in a loop, on four workers. The builder "builddata"
// replays a recording of this repository. The others are invented, so that the pages show waits for locks, triggered builds and failures.
//
//     dotnet run --project samples/Dashboard              then open http://localhost:5080/builds
//
// Read the files in this order:
//
//     Program           adds the master and the dashboard
//     ReplayWorker      takes requests, and replays a recording for each, with its steps, its log and its waits for locks
//     PushScheduler     requests builds, as pushes of commits would
//     HistoryWriter     adds a history of 100 builds for each builder to an empty database
//
// Recording is about recordings.json. All builds are kept in dashboard.db in the folder of the sample, where `dotnet run` starts it.

using BuildData.Samples.Dashboard;

WebApplicationBuilder builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
builder.WebHost.UseSetting(WebHostDefaults.ServerUrlsKey, builder.Configuration["urls"] ?? "http://localhost:5080");
builder.Logging.SetMinimumLevel(LogLevel.Warning);

builder.Services.AddBuildData(o => o.UseSqlite(builder.Configuration["Database"] ?? "Data Source=dashboard.db").RecoverOnOpen().KeepHistory(TimeSpan.FromDays(14), atLeastPerBuilder: 150));
builder.Services.AddSingleton(Recording.ReadAll(Path.Combine(AppContext.BaseDirectory, "recordings.json")));
builder.Services.AddSingleton(TimeProvider.System);
builder.Services.AddSingleton<SharedLocks>();
builder.Services.AddSingleton<HistoryWriter>();
builder.Services.AddHostedService<BuildFarm>();

WebApplication app = builder.Build();
app.MapGet("/", () => Results.Redirect("/builds/"));

// <dashboard>
app.MapBuildDataDashboard("/builds", options => options.AllowControl = true);
// </dashboard>

await app.StartAsync();
Console.WriteLine($"The dashboard is at {app.Urls.First()}/builds");
await app.WaitForShutdownAsync();
