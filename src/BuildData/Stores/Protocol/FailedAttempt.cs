using System.Diagnostics.CodeAnalysis;

namespace BuildData.Stores;

/// <summary>Represents an attempt to run updates in one transaction that has failed.</summary>
/// <param name="Number">The number of the attempt, from 1.</param>
/// <param name="Updates">The number of updates in the transaction.</param>
/// <param name="Options">The options of the batch.</param>
/// <param name="CanRunAgain">Whether the updates can run again. Those of a transaction of the host can't.</param>
[Experimental(Seam.DiagnosticId)]
public readonly record struct FailedAttempt(int Number, int Updates, BatchOptions Options, bool CanRunAgain);
