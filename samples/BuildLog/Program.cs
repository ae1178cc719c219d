// Records a build by MSBuild with BuildData: a buildset with its source stamp, a build request, a build, and a step for each
// MSBuild target, with times, states, links and results.
//
//     dotnet run --project samples/BuildLog                       replays the recorded build in this folder
//     dotnet run --project samples/BuildLog -- app.binlog         replays your own, recorded by: dotnet build -bl:app.binlog
//
// Read the files in this order:
//
//     Program           opens a master, and starts what follows
//     BuildRecorder     writes: updates and transactions
//     BuildFollower     follows: events, while the recorder writes
//     BuildReport       reads: paths and filters
//
// RecordedBuild and ReplayClock are about the binary log: which events it contains, and when they happened.
// Run the sample again to get the builder's next build. All builds are kept in builds.db in the current folder.
//
// Quickstart.binlog is a build of samples/Quickstart. Two properties cause its warning; without the imports it is small:
//
//     dotnet build --no-restore "-bl:Quickstart.binlog;ProjectImports=None" -p:SourceRevisionId=$(git rev-parse HEAD)
//         -p:TreatWarningsAsErrors=false -p:AnalysisLevelGlobalization=latest-all

using BuildData;
using BuildData.Samples.BuildLog;

string file = args.Length > 0 ? args[0] : Path.Combine(AppContext.BaseDirectory, "Quickstart.binlog");
if (!RecordedBuild.TryRead(file, out RecordedBuild? log, out string? error))
{
    await Console.Error.WriteLineAsync(error);
    return 1;
}

try
{
    await Replay(log);
    return 0;
}
catch (BuildDataException e)
{
    // All errors of the library have this base. For example, another process can have the database open.
    await Console.Error.WriteLineAsync(e.Message);
    return 1;
}

static async Task Replay(RecordedBuild log)
{
    // A master uses the current time, unless it has another clock. A replay needs the times of the log.
    var clock = new ReplayClock(log.StartedAt);
    await using Master master = await Master.Open(options =>
    {
        options.UseSqlite("Data Source=builds.db");
        options.TimeProvider = clock;
    });

    BuildRecorder recorder = await BuildRecorder.Begin(master.Data.Updates, log);

    // The follower subscribes before the first step is added, so it sees every step. It ends with the build.
    Task following = BuildFollower.Follow(master.Data.Events, recorder.BuildId, log.TargetCount);
    await recorder.Replay(log, clock);
    await following;

    await new BuildReport(master.Data).Print(log.Builder, recorder.Number);
}
