namespace BuildData.Benchmarks.Logs;

/// <summary>Represents a way to keep the output of steps.</summary>
internal interface ILogContender : IAsyncDisposable
{
    string Name { get; }

    /// <summary>Writes lines of one step. When the task completes, the lines are on disk.</summary>
    /// <param name="step">The number of the step, from 0.</param>
    /// <param name="lines">The lines, without their ends.</param>
    Task Write(int step, IReadOnlyList<string> lines);
}
