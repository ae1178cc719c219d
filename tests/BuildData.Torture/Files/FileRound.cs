using BuildData.Torture.Examination;
using BuildData.Torture.Histories;
using BuildData.Torture.Load;
using BuildData.Torture.Model;
using BuildData.Torture.Running;

namespace BuildData.Torture.Files;

/// <summary>Callers write to a file while there is trouble. Then the trouble ends, and the file is compared with the calls.</summary>
/// <param name="run">The run.</param>
/// <param name="random">The random numbers of the round.</param>
/// <param name="trouble">The trouble.</param>
internal sealed class FileRound(CheckRun run, Random random, FileTrouble trouble)
{
    private const int Projects = 2;
    private const int CallersOfEach = 4;
    private const int CallsOfEach = 40;

    private readonly TempFolder _folder = new(trouble.ParentFolder);
    private readonly Dictionary<string, CallHistory> _histories = [];

    public async Task Run()
    {
        using (trouble)
        using (_folder)
        {
            await WriteInTrouble();
            await trouble.AfterClosing(_folder.Database, Open);
            await using (Master master = await Open(""))
                await Examine(master);
            if (await IntegrityCheck.FindFault(_folder.Database) is { } fault)
                throw new ViolationException(fault);
        }
    }

    private Task<Master> Open(string keywords) => Master.Open(options =>
    {
        options.UseSqlite(_folder.ConnectionString + keywords, sqlite => sqlite.LogSizeLimit = 1024 * 1024).KeepEvents(TimeSpan.FromDays(1000));
        options.TimeProvider = trouble.Clock;
        options.MaxResults = int.MaxValue;
        trouble.Configure(options, _folder.Database);
    });

    private async Task WriteInTrouble()
    {
        Master master = await Open(trouble.ConnectionKeywords);
        try
        {
            await WriteInTrouble(master);
        }
        finally
        {
            await Close(master);
        }
    }

    private async Task Close(Master master)
    {
        try
        {
            await master.DisposeAsync();
        }
        catch (StoreException) when (!trouble.EndsBeforeClosing)
        {
            // The second attempt ends what the first one has left open.
            run.Count("masters that could not be closed in order");
            await master.DisposeAsync();
        }
    }

    private async Task WriteInTrouble(Master master)
    {
        await trouble.Prepare(_folder.Database, master);
        using var end = new CancellationTokenSource();
        Task making = Task.Run(() => trouble.Make(_folder.Database, master, end.Token));
        try
        {
            await Task.WhenAll(Enumerable.Range(0, Projects).SelectMany(i => StartCallers(master, $"p{i}")));
        }
        finally
        {
            await end.CancelAsync();
            await making;
        }

        if (trouble.EndsBeforeClosing)
            await WorkAgain(master);
    }

    private List<Task> StartCallers(Master master, string project)
    {
        (var known, var history) = (new Known(project), new CallHistory());
        _histories.Add(project, history);
        return [.. Enumerable.Range(0, CallersOfEach).Select(_ =>
        {
            var own = new Random(random.Next());
            return Task.Run(async () =>
            {
                var caller = new ProjectCaller(master, known, history);

                // Who does not know the outcome of an update should not go on as if nothing had happened.
                for (int i = 0; i < CallsOfEach && (await Call(caller, own))?.Kind != OutcomeKind.Unknown; i++)
                {
                }
            });
        })];
    }

    private async Task<Outcome?> Call(ProjectCaller caller, Random own)
    {
        try
        {
            return await caller.Call(own);
        }
        catch (WrongAnswerException) when (trouble.MayGiveWrongAnswers)
        {
            run.Count("wrong answers of damaged files");
            return null;
        }
    }

    /// <summary>Updates and reads after the trouble, with the same master.</summary>
    private async Task WorkAgain(Master master)
    {
        bool mayRefuse = _histories.Values.SelectMany(history => history.Calls).Any(call => call.IsUncertain);
        try
        {
            await master.Data.Updates.FindBuilderId(EventExamination.Reason);
            run.Count("masters that went on");
        }
        catch (StoreException error) when (mayRefuse || error.InnerException is StoreException { IsOutcomeUnknown: true })
        {
            // Without such a call, it was an update of the library itself: a merge of the lines of a log.
            // After an unknown outcome, the store takes no more updates until it is opened again.
            run.Count("masters that had to be opened again");
        }
        catch (BuildDataException error)
        {
            throw new ViolationException($"The trouble is over, but the master takes no updates, though no outcome was unknown: {error}");
        }

        await master.Data.GetAll<Builder>("/builders");
    }

    private async Task Examine(Master master)
    {
        Dictionary<string, ProjectState> stored = await StoreReader.ReadAll(master.Data);
        foreach ((string project, CallHistory history) in _histories)
        {
            Call[] calls = history.Calls;
            if (trouble.LosesCalls && stored.ContainsKey(project))
                throw new ViolationException($"A backup has calls that came later. The project is {project}.");
            ProjectState? expected = trouble.LosesCalls ? null : stored.GetValueOrDefault(project) ?? new ProjectState(project);
            if (!trouble.MayGiveWrongAnswers && Linearization.FindViolation(calls, new ProjectState(project), expected, mayPassLocked: trouble.MovesClock) is { } violation)
                throw new ViolationException(violation);
            run.Count("calls", calls.Length);
            run.Count("calls that failed", calls.Count(call => call.Outcome?.Kind == OutcomeKind.Failed));
            run.Count("calls whose outcome is unknown", calls.Count(call => call.IsUncertain));
        }

        if (await EventExamination.FindDifference(master) is { } difference)
            throw new ViolationException($"Events and tables differ.\n{difference}");
    }
}
