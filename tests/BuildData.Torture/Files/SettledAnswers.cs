using BuildData.Torture.Running;

namespace BuildData.Torture.Files;

/// <summary>Resources that nobody changes. Whatever happens to the file, a query returns them as they are, or fails with a typed error.</summary>
internal sealed class SettledAnswers
{
    private const string Name = "settled-builder";
    private const int Steps = 100;

    private readonly Dictionary<string, object> _answers = [];

    /// <summary>Writes the resources.</summary>
    public async Task Write(Master master)
    {
        Updates updates = master.Data.Updates;
        long builder = await updates.FindBuilderId(Name);
        AddedBuildset added = await updates.AddBuildset(reason: Name, builderIds: [builder]);
        AddedBuild build = await updates.AddBuild(builder, added.BuildRequestIds[builder]);
        for (int i = 0; i < Steps; i++)
        {
            AddedStep step = await updates.NewStep(build.BuildId, $"s{i}");
            await updates.SetStepStateString(step.StepId, new string((char)('a' + (i % 26)), 200));
        }

        foreach (string path in (string[])[$"/builders/{builder}", $"/buildsets/{added.BuildsetId}", $"/builds/{build.BuildId}?property=*", $"/builds/{build.BuildId}/steps"])
            _answers.Add(path, await Read(master, path) ?? throw new InvalidOperationException($"{path} is not there."));
    }

    /// <summary>Compares the answers.</summary>
    /// <param name="run">The run.</param>
    /// <param name="master">The master that reads.</param>
    /// <param name="trouble">What the trouble is.</param>
    /// <param name="mayBeWrong">Whether answers can be wrong because the file is damaged.</param>
    /// <param name="mayFail">Whether a read can fail with a typed error.</param>
    /// <exception cref="ViolationException">An answer is wrong, or an error is not a typed one.</exception>
    public async Task Compare(CheckRun run, Master master, string trouble, bool mayBeWrong, bool mayFail)
    {
        foreach ((string path, object expected) in _answers)
        {
            try
            {
                object? found = await Read(master, path);
                if (Equals(expected, found))
                    run.Count("right answers during trouble");
                else if (mayBeWrong)
                    run.Count("wrong answers of damaged files");
                else
                    throw new ViolationException($"With the {trouble}, {path} is wrong.\nWritten: {expected}\nFound:   {found ?? "nothing"}");
            }
            catch (BuildDataException) when (mayFail)
            {
                run.Count("typed errors during trouble");
            }
            catch (Exception error) when (error is not ViolationException)
            {
                throw new ViolationException($"With the {trouble}, {path} fails with an error that is not documented: {error}");
            }
        }
    }

    private static async Task<object?> Read(Master master, string path) => (await master.Data.Get(DataPath.FromString(path))) switch
    {
        { IsCollection: true, Value: { } list } => string.Join('\n', ((System.Collections.IEnumerable)list).Cast<object>()),
        var one => one.Value,
    };
}
