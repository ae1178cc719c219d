// Attacks BuildData, and compares what is stored with a model of what was acknowledged. Each check is a command:
//
//   dotnet run -c Release --project tests/BuildData.Torture -- kill --rounds 1000 [--seed 7] [--duration 01:00:00]
//
// Without arguments, it lists the checks. A check prints its seed first and its figures last. It exits with 1 after a violation.

using BuildData.Torture.Running;

return await CommandLine.Run(args);
