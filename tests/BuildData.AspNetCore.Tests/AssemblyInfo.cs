[assembly: Parallelizable(ParallelScope.Fixtures)]
[assembly: BuildData.StoreContracts.TimeLimit(minutes: 4)]
