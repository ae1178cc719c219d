// Records a build by `dotnet build` with BuildData: a buildset, its build request, a build of it, and a step for each MSBuild
// target that did something, with times, state, links and results.
//
//     dotnet run --project samples/BuildLog                          a recorded build of BuildData itself (BuildData.log)
//     dotnet run --project samples/BuildLog -- app.log               another recorded build
//     dotnet run --project samples/BuildLog -- --live app.csproj     builds now, and records as it happens
//
// It writes builds.db in the current folder, or what --db names, and leaves it there. The next build of the same name gets the
// next number.
//
// To see how BuildData is used, read Program (options and container), Job (what happens in which order), Recorder (updates),
// Progress (watching) and BuildReport (queries). What is left reads logs.
//
// A log is what this writes, in English:
//
//     dotnet build app.csproj --nologo -tl:off -v:detailed "-clp:ShowTimestamp;EnableMPLogging;ForceNoAlign" > app.log
//
// BuildData.log is one, of a clean build in /src/BuildData. It was built with AnalysisLevelGlobalization=latest-all and without
// TreatWarningsAsErrors, to have a warning, and what MSBuild tells of property values and loaded assemblies is cut out.

using System.ComponentModel;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace BuildData.Samples.BuildLog;

internal static class Program
{
    private const int Built = 0;
    private const int NotBuilt = 1;
    private const int NotDone = 2;

    private static async Task<int> Main(string[] args)
    {
        if (!Arguments.TryParse(args, out Arguments? arguments, out string? error))
        {
            await Console.Error.WriteLineAsync($"{error}\n\n{Arguments.Usage}");
            return NotDone;
        }

        using var stop = new CancellationTokenSource();
        Console.CancelKeyPress += (_, e) =>
        {
            // The build is stopped, but what was seen of it is still recorded.
            e.Cancel = true;
            stop.Cancel();
        };

        try
        {
            BuildResult result = await Run(arguments, stop.Token);
            string database = Path.GetFullPath(arguments.Database);
            Console.WriteLine();
            Console.WriteLine($"Recorded in {database}. To look:");
            Console.WriteLine($"  sqlite3 \"{database}\" \"select number, name, results from steps\"");
            return result is BuildResult.Success or BuildResult.Warnings ? Built : NotBuilt;
        }
        catch (Exception e) when (e is BuildDataException or IOException or UnauthorizedAccessException or InvalidDataException or Win32Exception)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return NotDone;
        }
    }

    private static async Task<BuildResult> Run(Arguments arguments, CancellationToken stop)
    {
        IBuildLog log = arguments.Live is { } project
            ? new LiveBuild(project)
            : await RecordedBuild.Open(arguments.LogFile, stop);
        string connection = new SqliteConnectionStringBuilder { DataSource = arguments.Database }.ToString();

        await using ServiceProvider services = new ServiceCollection()
            .AddBuildData(options =>
            {
                options.UseSqlite(connection);
                options.TimeProvider = log.Clock;
            })
            .AddSingleton(log)
            .AddSingleton<Job>()
            .BuildServiceProvider();
        return await services.GetRequiredService<Job>().Run(stop);
    }
}
