namespace BuildData.Torture.Handovers.Control;

/// <summary>What a scenario asks of its schedules.</summary>
/// <param name="PoolThreads">The greatest number of work items of the thread pool that run or wait at a time.</param>
/// <param name="TimeLimit">The virtual time after which a scenario that has not completed is stuck.</param>
/// <param name="MayLeap">Whether the clock may leap while threads can run.</param>
internal sealed record ScheduleSettings(int PoolThreads, TimeSpan TimeLimit, bool MayLeap);
