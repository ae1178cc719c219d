[assembly: Parallelizable(ParallelScope.Fixtures)]
[assembly: BuildData.Tests.TimeLimit(minutes: 8)]
