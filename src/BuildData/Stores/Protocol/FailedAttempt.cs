using System.Diagnostics.CodeAnalysis;

namespace BuildData.Stores;

/// <summary>Describes a failed attempt to run updates in one transaction.</summary>
/// <param name="Number">The number of the attempt. The first attempt has the number 1.</param>
/// <param name="Updates">The number of updates in the transaction.</param>
/// <param name="Options">The options of the batch; the default value if the host program has begun the transaction.</param>
/// <param name="CanRunAgain">Whether the updates can run again. For example, false if the host program has begun the transaction.</param>
[Experimental(ExperimentalStoreApi.DiagnosticId)]
public readonly record struct FailedAttempt(int Number, int Updates, BatchOptions Options, bool CanRunAgain);
