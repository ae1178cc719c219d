using System.Diagnostics.CodeAnalysis;
using BuildData.Torture.Handovers.Control;

namespace BuildData.Torture.Handovers;

/// <summary>What a scenario can use in one schedule. Its random numbers come from the seed of the schedule.</summary>
internal sealed class ScenarioRun(Explorer explorer, Random random, ScenarioFiles files) : IDisposable
{
    private readonly List<string> _databases = [];

    /// <summary>Gets the virtual time since the beginning of the schedule.</summary>
    public TimeSpan Now => TimeSpan.FromTicks(explorer.Time.Now);

    /// <summary>Returns a random number from 0.</summary>
    public int Choose(int count) => random.Next(count);

    /// <summary>Starts a function on the thread pool.</summary>
    public Task Start(Func<Task> function)
    {
        var completion = new TaskCompletionSource();
        explorer.QueueToPool("scenario", () => _ = Complete(function, completion));
        return completion.Task;
    }

    /// <summary>Starts a function on the thread pool. The function may block its thread.</summary>
    public Task StartBlocking(Action function) =>
        Start(() =>
        {
            function();
            return Task.CompletedTask;
        });

    /// <summary>Starts a function on a thread of its own.</summary>
    public Task StartThread(Action function)
    {
        var completion = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        explorer.StartThread("scenario", () =>
        {
            try
            {
                function();
                completion.SetResult();
            }
#pragma warning disable CA1031 // The scenario receives the exception.
            catch (Exception error)
#pragma warning restore CA1031
            {
                completion.SetException(error);
            }
        });
        return completion.Task;
    }

    /// <summary>Lets other threads run.</summary>
    public static void Point() => Explorer.Point("the scenario");

    /// <summary>Checks the outcome.</summary>
    public static void Require([DoesNotReturnIf(false)] bool holds, string otherwise)
    {
        if (!holds)
            throw new ScenarioFailedException(otherwise);
    }

    /// <summary>Returns a connection string of a new SQLite file, which already has its schema.</summary>
    public string NewDatabase()
    {
        string file = files.Create();
        _databases.Add(file);
        return $"Data Source={file}";
    }

    public void Dispose() => _databases.ForEach(files.Delete);

    private static async Task Complete(Func<Task> function, TaskCompletionSource completion)
    {
        try
        {
            await function();
            completion.SetResult();
        }
#pragma warning disable CA1031 // The scenario receives the exception.
        catch (Exception error)
#pragma warning restore CA1031
        {
            completion.SetException(error);
        }
    }
}
