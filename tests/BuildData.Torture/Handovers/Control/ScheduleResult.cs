namespace BuildData.Torture.Handovers.Control;

/// <summary>What a schedule did.</summary>
/// <param name="Violation">The promise that does not hold, and the states of the threads; null if there is no violation.</param>
/// <param name="Steps">The number of choices of the strategy.</param>
/// <param name="Switches">The number of steps at which another thread got the turn.</param>
/// <param name="Threads">The number of threads and work items.</param>
/// <param name="MostThreads">The greatest number of threads and work items at a time.</param>
/// <param name="Hash">A number that two schedules share only if they made the same switches at the same steps.</param>
internal sealed record ScheduleResult(string? Violation, long Steps, long Switches, int Threads, int MostThreads, ulong Hash);
