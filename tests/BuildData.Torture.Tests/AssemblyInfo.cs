[assembly: BuildData.StoreContracts.TimeLimit(minutes: 5)]
